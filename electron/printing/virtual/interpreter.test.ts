import { describe, expect, it } from 'vitest';
import type { Raster } from '../raster.ts';
import { createInterpreter } from './interpreter.ts';
import { createPaperRoll } from './paper-roll.ts';

function feed(bytes: readonly number[], widthDots = 96, chunk = Infinity) {
  const strips: Raster[] = [];
  const unknown: string[] = [];
  const asked: number[] = [];
  const lines: string[] = [];
  const roll = createPaperRoll(widthDots, () => undefined);
  const interpreter = createInterpreter(roll, {
    cut() {
      const strip = roll.cut();
      if (strip !== null) strips.push(strip);
    },
    askedInOrder: (topic) => asked.push(topic),
    reportsWanted: () => undefined,
    unknown: (command) => unknown.push(command),
    printed: (line) => lines.push(line),
  });
  let waiting: number[] = [];
  for (let at = 0; at < bytes.length; at += chunk) {
    waiting.push(...bytes.slice(at, at + chunk));
    for (let taken = interpreter.step(Uint8Array.from(waiting)); taken > 0 && waiting.length > 0; taken = interpreter.step(Uint8Array.from(waiting)))
      waiting = waiting.slice(taken);
  }
  return { strips, unknown, asked, lines, roll, waiting };
}

const text = (words: string): number[] => [...Buffer.from(words, 'latin1')];
const CUT = [0x1d, 0x56, 0];
const picture = (strip: Raster): string[] =>
  Array.from({ length: strip.heightDots }, (_, row) =>
    Array.from({ length: strip.widthDots }, (_, dot) => ((strip.bits[(row * strip.widthDots + dot) >> 3]! & (0x80 >> (dot & 7))) === 0 ? '.' : '#')).join(''),
  );
const ink = (strip: Raster): number => picture(strip).join('').replaceAll('.', '').length;
const leftmost = (strip: Raster): number => Math.min(...picture(strip).map((row) => (row.includes('#') ? row.indexOf('#') : Infinity)));

describe('interpreter', () => {
  it('draws a raster where it stands, a byte at a time or at once', () => {
    const bytes = [0x1b, 0x40, 0x1d, 0x76, 0x30, 0, 2, 0, 2, 0, 0x80, 0x01, 0xff, 0x00, ...CUT];
    for (const chunk of [1, 3, Infinity]) {
      const { strips } = feed(bytes, 16, chunk);
      expect(picture(strips[0]!)).toEqual(['#..............#', '########........']);
    }
  });
  it('doubles a raster in mode 3', () => {
    expect(picture(feed([0x1d, 0x76, 0x30, 3, 1, 0, 1, 0, 0xa0, ...CUT], 16).strips[0]!)).toEqual(['##..##..........', '##..##..........']);
  });
  it('loses dots beyond the right edge, as a head does', () => {
    expect(picture(feed([0x1d, 0x76, 0x30, 0, 2, 0, 1, 0, 0x01, 0xff, ...CUT], 8).strips[0]!)).toEqual(['.......#']);
  });
  it('feeds dots, lines, and before the cut', () => {
    expect(feed([0x1b, 0x4a, 17, ...CUT]).strips[0]!.heightDots).toBe(17);
    expect(feed([0x1b, 0x64, 4, ...CUT]).strips[0]!.heightDots).toBe(120);
    expect(feed([0x1b, 0x33, 10, 0x0a, 0x0a, ...CUT]).strips[0]!.heightDots).toBe(20);
    expect(feed([0x0a, 0x1d, 0x56, 66, 5]).strips[0]!.heightDots).toBe(35);
  });
  it('prints letters, aligned and enlarged', () => {
    const plain = feed([...text('Il'), 0x0a, ...CUT]).strips[0]!;
    const right = feed([0x1b, 0x61, 2, ...text('Il'), 0x0a, ...CUT]).strips[0]!;
    const large = feed([0x1d, 0x21, 0x11, ...text('Il'), 0x0a, ...CUT]).strips[0]!;
    expect(ink(plain)).toBeGreaterThan(40);
    expect(leftmost(right) - leftmost(plain)).toBe(96 - 24);
    expect(ink(large)).toBe(4 * ink(plain));
    expect(ink(feed([...text('I'), 0x0a, ...CUT]).strips[0]!)).not.toBe(ink(feed([...text('O'), 0x0a, ...CUT]).strips[0]!));
  });
  it('reads letters by the code page of ESC t until ESC @, a tone with the letter before it', () => {
    const lines = [
      [0x1b, 0x74, 30, ...text('H\xad\xeang '), 0x1b, 0x74, 31, 0xb8, 0x0a],
      [0x1b, 0x74, 52, ...text('H\xfd\xf5\xcc'), 0x0a],
      [...text('\xec'), 0x0a],
      [0x1b, 0x40, ...text('\xad'), 0x0a],
      [0x1b, 0x74, 99, ...text('a\xad'), 0x0a],
    ];
    expect(feed(lines.flat()).lines).toEqual(['Hường Á', 'Hườ', '\u0301', '\ufffd', 'a\ufffd']);
    // A letter that is not there is a block, and no other letter.
    const [known, unknown] = [30, 99].map((table) => ink(feed([0x1b, 0x74, table, 0xad, 0x0a, ...CUT]).strips[0]!));
    expect(unknown).toBeGreaterThan(2 * known!);
  });
  it('breaks a line that is too long', () => {
    expect(feed([...text('123456789'), 0x0a, ...CUT]).strips[0]!.heightDots).toBe(60);
  });
  it('prints what waits in the line before it cuts', () => {
    expect(ink(feed([...text('A'), ...CUT]).strips[0]!)).toBeGreaterThan(0);
  });
  it('forgets style and line at ESC @', () => {
    const { strips } = feed([0x1b, 0x61, 2, 0x1b, 0x45, 1, ...text('gone'), 0x1b, 0x40, ...text('I'), 0x0a, ...CUT]);
    expect(strips[0]).toEqual(feed([...text('I'), 0x0a, ...CUT]).strips[0]);
  });
  it('answers in order, skips what draws nothing, and names what it does not know', () => {
    const { asked, unknown, waiting } = feed([0x1b, 0x74, 52, 0x1b, 0x70, 0, 25, 250, 0x1d, 0x72, 1, 0x1b, 0x7e, 0x1d, 0x28, 0x6b, 3, 0, 0x31, 0x51, 0x30]);
    expect(asked).toEqual([1]);
    expect(unknown).toEqual(['1b7e', 'GS ( k']);
    expect(waiting).toEqual([]);
  });
  it('cannot be made to use up the memory', () => {
    const { roll } = feed(Array.from({ length: 4000 }, () => [0x1b, 0x64, 255]).flat(), 96, 3);
    expect(roll.rows).toBeLessThanOrEqual(80_000);
  });
});
