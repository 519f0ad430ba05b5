import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createRecordings } from './recordings.ts';
import type { Log } from '../log.ts';

const folder = mkdtempSync(join(tmpdir(), 'qmc-voice-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, 'vi'));

const warnings: string[] = [];
const log = { warn: (text: string) => warnings.push(text) } as unknown as Log;
const recordings = createRecordings(folder, log);

describe('createRecordings', () => {
  it('finds a recording in any of the formats', async () => {
    writeFileSync(join(folder, 'chime.wav'), 'gong');
    writeFileSync(join(folder, 'vi', 'call.mp3'), 'mời');
    expect(new TextDecoder().decode((await recordings('chime')) ?? undefined)).toBe('gong');
    expect(new TextDecoder().decode((await recordings('vi/call')) ?? undefined)).toBe('mời');
  });

  it('has nothing for what was not recorded, and nothing at all without a folder', async () => {
    expect(await recordings('vi/1')).toBeNull();
    expect(await createRecordings(undefined, log)('chime')).toBeNull();
    expect(await createRecordings(join(folder, 'gone'), log)('chime')).toBeNull();
    expect(warnings).toEqual([]);
  });

  it('passes over what is no clip, in words', async () => {
    mkdirSync(join(folder, 'vi', '2.ogg'));
    writeFileSync(join(folder, 'vi', '2.wav'), 'two');
    writeFileSync(join(folder, 'vi', '3.wav'), Buffer.alloc(7 * 1024 * 1024));
    expect(new TextDecoder().decode((await recordings('vi/2')) ?? undefined)).toBe('two');
    expect(await recordings('vi/3')).toBeNull();
    expect(warnings).toEqual(['recording vi/2.ogg cannot be read', 'recording vi/3.wav is too long to be a clip']);
  });
});
