import { describe, expect, it } from 'vitest';
import { MAX_SCAN_BYTES } from '../../shared/scanning/scan.ts';
import { inspectScan } from './inspect-scan.ts';

const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

const kindOf = (bytes: Uint8Array): string => {
  const result = inspectScan(bytes);
  return result.ok ? result.value : result.failure.kind;
};

describe('inspectScan', () => {
  it('goes by the bytes, not by a name', () => {
    expect(kindOf(png)).toBe('image/png');
    expect(kindOf(Buffer.from('%PDF-1.7\n'))).toBe('application/pdf');
    expect(kindOf(Buffer.from('PK\u0003\u0004 a zip called .pdf'))).toBe('scan-zip');
    expect(kindOf(Buffer.from('\u0000\u0000\u0000\u0018ftypheic'))).toBe('scan-heic');
    expect(kindOf(Buffer.from('only words'))).toBe('scan-type');
  });

  it('says what is wrong with a file that cannot be a scan', () => {
    expect(kindOf(new Uint8Array())).toBe('scan-empty');
    expect(kindOf(new Uint8Array(MAX_SCAN_BYTES + 1))).toBe('scan-too-large');
    expect(kindOf(png.subarray(0, 12))).toBe('scan-damaged');
  });

  it('refuses a picture that broke off half way', () => {
    expect(kindOf(png.subarray(0, -12))).toBe('scan-damaged');
    const jpeg = Buffer.from('ffd8ffe000044a46ffc0000b080001000101011100ffda0008010100003f00d2ffd9', 'hex');
    expect(kindOf(jpeg)).toBe('image/jpeg');
    expect(kindOf(jpeg.subarray(0, -2))).toBe('scan-damaged');
    const withThumbnail = Buffer.concat([jpeg.subarray(0, 2), Buffer.from('ffe10006ffd8ffd9', 'hex'), jpeg.subarray(2)]);
    expect(kindOf(withThumbnail)).toBe('image/jpeg');
    expect(kindOf(withThumbnail.subarray(0, -2))).toBe('scan-damaged');
    expect(kindOf(Buffer.concat([png, Buffer.from('appended by a camera')]))).toBe('image/png');
  });

  it('refuses a small file that would unpack to 256 megapixels', () => {
    const bomb = Buffer.from(png);
    bomb.writeUInt32BE(16_000, 16);
    bomb.writeUInt32BE(16_000, 20);
    expect(kindOf(bomb)).toBe('scan-dimensions');
  });
});
