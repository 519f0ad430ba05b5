import { generateKeyPairSync } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { decodeFrame, encodeFrame, encodePiece } from './file-format.ts';
import { createFrameOpener, createFrameSealer } from './frame-seal.ts';

type Jwk = { kty: 'EC'; crv: 'P-256'; x: string; y: string };
const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }) as Jwk & { d: string };
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

const province = newKey();
let ephemeral: Jwk;
let header: Uint8Array<ArrayBuffer>;
let frames: Array<Uint8Array<ArrayBuffer>>;

beforeEach(async () => {
  const sealer = await createFrameSealer(province, (key) => {
    ephemeral = key;
    return bytesOf(JSON.stringify(key));
  });
  header = sealer.header;
  frames = [await sealer.seal(bytesOf('one'), false), await sealer.seal(bytesOf('two'), false), await sealer.seal(bytesOf('three'), true)];
});

const opens = async (given: Array<Uint8Array<ArrayBuffer>>, { key = province, head = header, lastAt = given.length - 1 } = {}): Promise<string[]> => {
  const open = await createFrameOpener(key, ephemeral, head);
  const plain: string[] = [];
  for (const [index, frame] of given.entries()) plain.push(new TextDecoder().decode(await open(frame, index === lastAt)));
  return plain;
};

describe('sealed frames', () => {
  it('open for the province alone', async () => {
    expect(await opens(frames)).toEqual(['one', 'two', 'three']);
    await expect(opens(frames, { key: newKey() })).rejects.toThrow();
  });

  it('do not open swapped, dropped, cut off, repeated, or under another header', async () => {
    const [one, two, three] = frames as [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>];
    for (const wrong of [
      [two, one, three],
      [one, three],
      [one, two],
      [one, one, two, three],
      [two, three],
    ])
      await expect(opens(wrong)).rejects.toThrow();
    await expect(opens(frames, { lastAt: 1 })).rejects.toThrow();
    await expect(opens(frames, { head: bytesOf('other') })).rejects.toThrow();
  });

  it('do not open with any bit flipped', async () => {
    const [one] = frames as [Uint8Array<ArrayBuffer>];
    for (let at = 0; at < one.length; at += 1) {
      const flipped = one.slice();
      flipped[at] = (flipped[at] ?? 0) ^ 0x10;
      await expect(opens([flipped], { lastAt: 1 })).rejects.toThrow();
    }
  });

  it('never look alike twice', async () => {
    const again = await createFrameSealer(province, (key) => bytesOf(JSON.stringify(key)));
    expect(await again.seal(bytesOf('one'), false)).not.toEqual(frames[0]);
  });
});

describe('frames', () => {
  it('tell bytes of a scan from what is said, whatever the bytes', () => {
    expect(decodeFrame(encodePiece(bytesOf('{"kind":"end"}')))).toEqual(bytesOf('{"kind":"end"}'));
    expect(decodeFrame(encodeFrame({ kind: 'end', entries: 1, scans: 0 }))).toEqual({ kind: 'end', entries: 1, scans: 0 });
    expect(() => decodeFrame(bytesOf('[]'))).toThrow();
    expect(() => decodeFrame(bytesOf('{"kind":"other"}'))).toThrow();
    expect(() => decodeFrame(new Uint8Array())).toThrow();
  });
});
