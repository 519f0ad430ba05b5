import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jobPieces, withoutRealTimeCommands, type JobFormat } from './escpos-job.ts';
import type { Raster } from './raster.ts';
import { createInterpreter } from './virtual/interpreter.ts';
import { createPaperRoll } from './virtual/paper-roll.ts';

const EPSON: JobFormat = { driver: 'epson', hasCutter: true };

/** What a printer would draw of these bytes. */
function drawn(bytes: Uint8Array, widthDots: number): { strips: Raster[]; unknown: string[] } {
  const strips: Raster[] = [];
  const unknown: string[] = [];
  const roll = createPaperRoll(widthDots, () => undefined);
  const interpreter = createInterpreter(roll, {
    cut: () => strips.push(roll.cut()!),
    askedInOrder: () => undefined,
    reportsWanted: () => undefined,
    unknown: (command) => unknown.push(command),
  });
  for (let at = 0; at < bytes.byteLength;) {
    const taken = interpreter.step(bytes.subarray(at));
    if (taken === 0) throw new Error(`stuck at ${at}`);
    at += taken;
  }
  return { strips, unknown };
}

const rasters = fc.tuple(fc.integer({ min: 1, max: 72 }), fc.integer({ min: 1, max: 200 })).chain(([rowBytes, rows]) =>
  fc
    .array(fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constantFrom(0x10, 0x04, 0x05, 0x14) }, fc.nat(255)), {
      minLength: rowBytes * rows,
      maxLength: rowBytes * rows,
    })
    .map((bytes): Raster => ({ widthDots: rowBytes * 8, heightDots: rows, bits: Uint8Array.from(bytes) })),
);

const hasRealTimeCommand = (bytes: Uint8Array): boolean => bytes.some((byte, at) => byte === 0x10 && [0x04, 0x05, 0x14].includes(bytes[at + 1] ?? 0));

describe('jobPieces', () => {
  it('draws exactly the raster, then cuts; no byte in it is a real-time command', async () => {
    await fc.assert(
      fc.asyncProperty(rasters, async (raster) => {
        const bytes = Buffer.concat(await jobPieces(raster, EPSON));
        const { strips, unknown } = drawn(bytes, raster.widthDots);
        expect(unknown).toEqual([]);
        expect(strips).toHaveLength(1);
        expect(Buffer.from(strips[0]!.bits.subarray(0, raster.bits.length)).equals(Buffer.from(withoutRealTimeCommands(raster).bits))).toBe(true);
        expect(hasRealTimeCommand(bytes)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });
  it('does not touch a raster without them', () => {
    const raster = { widthDots: 24, heightDots: 2, bits: Uint8Array.from([0x10, 0x11, 0x12, 0x18, 0x04, 0x14]) };
    expect(withoutRealTimeCommands(raster).bits).toEqual(raster.bits);
  });
  it('ends every piece between two commands and keeps it small', async () => {
    const raster = { widthDots: 576, heightDots: 1000, bits: new Uint8Array(72_000).fill(0x55) };
    const pieces = await jobPieces(raster, EPSON);
    for (const piece of pieces) {
      expect(piece.byteLength).toBeLessThanOrEqual(4096);
      drawn(piece, 576);
    }
    expect(pieces.length).toBeGreaterThan(15);
  });
  it('sends a tenth of the bytes for white paper', async () => {
    const bits = new Uint8Array(72 * 1000);
    bits.fill(0xff, 0, 72 * 40);
    const bytes = Buffer.concat(await jobPieces({ widthDots: 576, heightDots: 1000, bits }, EPSON));
    expect(bytes.byteLength).toBeLessThan(72 * 40 + 960 + 40);
  });
  it('speaks Star line mode to a Star', async () => {
    const bytes = Buffer.concat(await jobPieces({ widthDots: 16, heightDots: 24, bits: new Uint8Array(48).fill(0xff) }, { driver: 'star', hasCutter: true }));
    expect(bytes.includes(Buffer.from([0x1b, 0x6b, 2, 0]))).toBe(true);
    expect(bytes.includes(Buffer.from([0x1b, 0x64, 0x02]))).toBe(true);
  });
});
