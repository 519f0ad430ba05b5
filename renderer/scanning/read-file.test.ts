import { describe, expect, it } from 'vitest';
import { MAX_SCAN_BYTES } from '../../shared/scanning/scan.ts';
import { readScanFile } from './read-file.ts';

const neverRead = () => Promise.reject(new Error('must not be read'));

describe('readScanFile', () => {
  it('hands on the bytes', async () => {
    const read = await readScanFile(new File([new Uint8Array([1, 2, 3])], 'a.pdf'));
    expect(read).toEqual({ ok: true, value: new Uint8Array([1, 2, 3]) });
  });

  it('refuses an empty and an oversized file without reading either', async () => {
    expect(await readScanFile({ size: 0, arrayBuffer: neverRead })).toEqual({ ok: false, failure: { kind: 'scan-empty' } });
    expect(await readScanFile({ size: MAX_SCAN_BYTES + 1, arrayBuffer: neverRead })).toEqual({ ok: false, failure: { kind: 'scan-too-large' } });
  });

  it('says that a file went away', async () => {
    expect(await readScanFile({ size: 5, arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotReadableError')) })).toEqual({
      ok: false,
      failure: { kind: 'scan-unreadable' },
    });
  });
});
