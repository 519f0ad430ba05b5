import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clipNames, clipsOf, isClipId, voiceLanguages } from './clips.ts';

const repo = resolve(import.meta.dirname, '../..');
const clips = join(repo, 'renderer/board/voice/clips');
const allClips = clipsOf(voiceLanguages);
const words = JSON.parse(readFileSync(join(repo, 'build/voice/words.json'), 'utf8')) as Record<string, Record<string, string>>;

describe('the bundled voice', () => {
  it('has a clip for everything that can be said, and no other', () => {
    const files = readdirSync(clips, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ogg'));
    expect(files.map((name) => name.replaceAll('\\', '/').replace('.ogg', '')).sort()).toEqual([...allClips].sort());
    for (const clip of allClips) expect(existsSync(join(clips, `${clip}.ogg`)), clip).toBe(true);
  });

  it('is small enough to be committed', () => {
    const bytes = allClips.reduce((sum, clip) => sum + statSync(join(clips, `${clip}.ogg`)).size, 0);
    expect(bytes).toBeLessThan(400_000);
  });

  it.each(voiceLanguages)('is built from words for every clip (%s), no two alike', (language) => {
    const said = words[language] ?? {};
    expect(Object.keys(said).sort()).toEqual([...clipNames[language]].sort());
    expect(new Set(Object.values(said)).size).toBe(Object.keys(said).length);
  });

  it('knows a clip from a path', () => {
    expect(isClipId('vi/call')).toBe(true);
    expect(isClipId('../vi/call')).toBe(false);
    expect(isClipId('vi/15')).toBe(false);
  });
});
