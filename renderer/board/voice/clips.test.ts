import { describe, expect, it } from 'vitest';
import { createClips, type ClipSource } from './clips.ts';

const bytes = (text: string): ArrayBuffer => new TextEncoder().encode(text).buffer;
/** Decodes everything but what says that it is bad. */
const context = {
  async decodeAudioData(data: ArrayBuffer): Promise<AudioBuffer> {
    const text = new TextDecoder().decode(data);
    if (text.startsWith('bad')) throw new Error('no audio');
    return { name: text } as unknown as AudioBuffer;
  },
};
const source =
  (files: Record<string, string>): ClipSource =>
  async (clip) =>
    files[clip] === undefined ? null : bytes(files[clip]);

describe('createClips', () => {
  it('prefers the office’s recording, falls back where it is missing or cannot be decoded, and says which', async () => {
    const bad: string[] = [];
    const clips = createClips(
      context,
      [source({ 'vi/call': 'own call', 'vi/1': 'bad one' }), source({ 'vi/call': 'call', 'vi/1': 'one', 'vi/2': 'two' })],
      (clip) => bad.push(clip),
    );
    const names = await Promise.all((['vi/call', 'vi/1', 'vi/2', 'vi/3'] as const).map(clips));
    expect(names).toEqual([{ name: 'own call' }, { name: 'one' }, { name: 'two' }, null]);
    await clips('vi/1');
    expect(bad).toEqual(['vi/1']);
  });

  it('asks again for a clip it did not get', async () => {
    let isAway = true;
    const clips = createClips(context, [async () => (isAway ? Promise.reject(new Error('away')) : bytes('here'))], () => undefined);
    expect(await clips('chime')).toBeNull();
    isAway = false;
    expect(await clips('chime')).toEqual({ name: 'here' });
  });
});
