import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codePages, type PrinterLetters } from '../../../shared/printing/code-pages.ts';
import { vietnameseLetters } from '../../../shared/printing/vietnamese-letters.ts';
import { decode, encode, plainer } from './code-page.ts';

const everyLetter = [...vietnameseLetters, ...vietnameseLetters.map((letter) => letter.toUpperCase())];
const at = (text: PrinterLetters['text'], table = 30): PrinterLetters => ({ text, table });
const bytesOf = (line: string, letters: PrinterLetters): number[] | undefined => encode(line, letters)?.flatMap(({ bytes }) => bytes);

describe('code pages', () => {
  it('of Windows are the one the web knows', () => {
    const sentence = plainer(`${everyLetter.join('')} Nguyễn Thị Hường`);
    const bytes = Uint8Array.from(bytesOf(sentence, at('windows-1258'))!);
    expect(new TextDecoder('windows-1258').decode(bytes).normalize('NFC')).toBe(sentence);
  });
  it('of TCVN are what three decades of Vietnamese documents are written in', () => {
    // What the two lines look like to a program that takes them for Latin 1.
    for (const [line, inLatin1] of [
      ['Cộng hòa xã hội chủ nghĩa Việt Nam', 'Céng hßa x· héi chñ nghÜa ViÖt Nam'],
      ['Độc lập - Tự do - Hạnh phúc', '§éc lËp - Tù do - H¹nh phóc'],
    ] as const)
      expect(Buffer.from(bytesOf(line, at('tcvn-1'))!).toString('latin1')).toBe(inLatin1);
  });
  it('of Epson keep the capitals in a table of their own', () => {
    expect(encode('Đỗ Ánh', at('tcvn-3'))).toEqual([
      { table: 31, bytes: [0xa7] },
      { table: 30, bytes: [0xe7, 0x20] },
      // ASCII is the same in both.
      { table: 31, bytes: [0xb8, 0x6e, 0x68] },
    ]);
  });
  it('of VISCII are RFC 1456', () => {
    expect(bytesOf('Việt', at('viscii'))).toEqual([0x56, 0x69, 0xae, 0x74]);
  });
  it.each([
    ['tcvn-3', []],
    ['windows-1258', []],
    // On control bytes.
    ['tcvn-1', [...'ÚỤỪỬỮỨỰỲỶỸÝỴ']],
    ['viscii', [...'ẲẴẪỶỸỴ']],
  ] as const)('%s holds every letter but those it keeps where commands are', (text, refused) => {
    expect(everyLetter.filter((letter) => encode(letter, at(text)) === null).sort()).toEqual([...refused].sort());
  });
  it('refuse what they do not have rather than print something like it', () => {
    for (const text of codePages)
      for (const line of ['東京', 'č', 'ß', '\u0301', 'x\u0301', '\u0007', '\u007f', '\u009b', '\ud800', '😀'])
        expect(encode(line, at(text)), `${text} ${line}`).toBeNull();
  });
  it('have the plain form of printers’ marks', () => {
    expect(plainer('“A – B” · C… ’2 × 3’')).toBe(`"A - B" - C... '2 x 3'`);
  });
  it('print what they were given or nothing, and no byte that is a command', () => {
    const text = fc.array(
      fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...everyLetter, ' ', '-') }, { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 2 }) }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(text, fc.constantFrom(...codePages), fc.integer({ min: 0, max: 254 }), (parts, name, table) => {
        const line = plainer(parts.join(''));
        const runs = encode(line, at(name, table));
        if (runs === null) return;
        expect(decode(runs, at(name, table))).toBe(line);
        for (const byte of runs.flatMap(({ bytes }) => bytes)) expect(byte >= 0x20 && byte !== 0x7f && byte <= 0xff).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
