import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { usualLetters, type PrinterLetters } from '../../../shared/printing/code-pages.ts';
import type { Paper, ReceiptPaper, TicketPaper } from '../../../shared/printing/paper.ts';
import { samplePapers } from '../../../shared/printing/samples.ts';
import type { Dossier } from '../../../shared/dossiers/dossier.ts';
import { aDossier, aHeading, aReceiptPaper, aTicketPaper } from '../../../tests/fixtures/dossiers.ts';
import { outOfPrinter } from '../../../tests/fixtures/printed-picture.ts';
import { jobPieces, type TextRoll } from '../escpos-job.ts';
import { createInterpreter } from '../virtual/interpreter.ts';
import { createPaperRoll } from '../virtual/paper-roll.ts';
import { columnsOn, lettersTrial, textRoll } from './text-roll.ts';

const EPSON = { driver: 'epson', hasCutter: true } as const;
const TCVN: PrinterLetters = { text: 'tcvn-3', table: 30 };
const WINDOWS: PrinterLetters = { text: 'windows-1258', table: 52 };
const heading = { ...aHeading, header: ['UBND TỈNH CAO BẰNG'], footer: 'Đường dây nóng 1022', sealText: '(Ký số, đóng dấu của cơ quan)' };
const [ticket, receipt] = samplePapers(heading) as [TicketPaper, ReceiptPaper];

const jobOf = async (roll: TextRoll | null): Promise<Buffer> => Buffer.concat(await jobPieces(roll!, EPSON));
const printed = (paper: Paper, letters = TCVN, widthDots: 576 | 384 = 576, reprint = 0): Promise<Buffer> =>
  jobOf(textRoll(paper, { letters, widthDots, reprint, language: 'vi' }));

describe('a paper in the printer’s letters', () => {
  it.each([576, 384] as const)('is read back from its bytes on %i dots, the same from both code pages', async (widthDots) => {
    for (const paper of [ticket, receipt]) {
      const [one, other] = [await printed(paper, TCVN, widthDots), await printed(paper, WINDOWS, widthDots)];
      const out = outOfPrinter(one, widthDots);
      expect(outOfPrinter(other, widthDots)).toEqual(out);
      const { lines } = out;
      // Large letters take more room than one.
      expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(columnsOn(widthDots));
    }
    const lines = outOfPrinter(await printed(receipt, TCVN, widthDots, 3), widthDots)
      .lines.join(' ')
      .replace(/\s+/gu, ' ');
    for (const words of ['BẢN IN LẠI 3', 'Nguyễn Thị Hường Quỳnh', '17:00 - 18/01/2027', '900.000 đ', 'H36.12-261231-0017', 'Chín trăm nghìn đồng'])
      expect(lines).toContain(words);
  });

  it('takes few bytes, half of them its QR', async () => {
    expect((await printed(ticket)).byteLength).toBeLessThan(1500);
    expect((await printed(receipt)).byteLength).toBeLessThan(4000);
  });

  it('turns to dots for what no letter of the printer can say, and for every other paper', () => {
    const of = (paper: Paper, letters = TCVN) => textRoll(paper, { letters, widthDots: 576, reprint: 0, language: 'vi' });
    expect(of(aReceiptPaper({ dossier: aDossier({ note: '東京' }) }))).toBeNull();
    expect(of(aReceiptPaper({ dossier: aDossier({ note: 'Ứng Hòa' }) }), { text: 'tcvn-1', table: 27 })).toBeNull();
    expect(
      samplePapers(heading)
        .filter((paper) => of(paper) !== null)
        .map(({ kind }) => kind),
    ).toEqual(['ticket', 'receipt']);
  });

  it('tells a Chinese printer to take single bytes, and is never sent to a Star', async () => {
    const roll = textRoll(ticket, { letters: TCVN, widthDots: 576, reprint: 0, language: 'vi' })!;
    const generic = Buffer.concat(await jobPieces(roll, { driver: 'generic', hasCutter: true }));
    expect(generic.subarray(0, 8)).toEqual(Buffer.from([0x1b, 0x40, 0x1c, 0x2e, 0x1b, 0x74, 30, 0x1b]));
    expect((await printed(ticket)).includes(Buffer.from([0x1c, 0x2e]))).toBe(false);
    await expect(jobPieces(roll, { driver: 'star', hasCutter: true })).rejects.toThrow();
  });
});

/** Code page, alignment, bold, size, a QR's dots, the next line. */
const ours = new Set(['1b74', '1b61', '1b45', '1d21', '1d76', '0a']);

/** Taken apart as a printer does; letters are the bytes of no command. */
function commandsIn(roll: TextRoll): { commands: string[]; letters: number[] } {
  const bytes = Buffer.concat(roll.commands);
  const commands: string[] = [];
  const letters: number[] = [];
  const interpreter = createInterpreter(
    createPaperRoll(576, () => undefined),
    {
      cut: () => undefined,
      askedInOrder: () => commands.push('asked'),
      reportsWanted: () => commands.push('reports'),
      unknown: (command) => commands.push(`unknown ${command}`),
    },
  );
  let imageBytes = 0;
  for (let at = 0; at < bytes.byteLength;) {
    const taken = interpreter.step(bytes.subarray(at));
    if (taken === 0) throw new Error(`the job ends within a command at ${at}`);
    const command = bytes.subarray(at, at + taken);
    at += taken;
    if (imageBytes > 0) imageBytes -= taken;
    else if (command[0]! >= 0x20) letters.push(...command);
    else {
      commands.push(command.subarray(0, command[0] === 0x0a ? 1 : 2).toString('hex'));
      if (command[0] === 0x1d && command[1] === 0x76) imageBytes = (command[4]! + 256 * command[5]!) * (command[6]! + 256 * command[7]!);
    }
  }
  return { commands, letters };
}

describe('citizens’ text', () => {
  it('never becomes a command, whatever it is', () => {
    const dangers = [
      '\u001b@',
      '\u001dV\u0000',
      '\u0010\u0004\u0001',
      '\n',
      '\u0000',
      '\u007f',
      '\u0085',
      '\u009b',
      '\ufffd',
      'Ứ',
      'Ẳ',
      'z\u0301',
      '…',
      'ỵ',
      'Nguyễn ',
    ];
    const mixed = fc.array(fc.constantFrom(...dangers), { maxLength: 12 }).map((parts) => parts.join(''));
    const hostile = fc.oneof(mixed, fc.string({ unit: 'binary', maxLength: 60 }), fc.constantFrom('Đặng Thị Ổi', 'x'.repeat(200)));
    const widths = fc.constantFrom(576 as const, 384 as const);
    let inLetters = 0;
    fc.assert(
      fc.property(hostile, hostile, fc.constantFrom(...usualLetters), widths, (name, note, letters, widthDots) => {
        // As no screen would let it in.
        const dossier = {
          ...aDossier(),
          note,
          procedureName: name,
          operatorName: name,
          applicant: { kind: 'person', fullName: name, residence: note },
        } as Dossier;
        for (const paper of [aReceiptPaper({ dossier }), aTicketPaper({ groupName: name, papersToBring: [note, name] })]) {
          const roll = textRoll(paper, { letters, widthDots, reprint: 1, language: 'vi' });
          if (roll === null) continue;
          inLetters += 1;
          const { commands, letters: sent } = commandsIn(roll);
          expect(commands.filter((command) => !ours.has(command))).toEqual([]);
          expect(sent.filter((byte) => byte < 0x20 || byte === 0x7f)).toEqual([]);
        }
      }),
      { numRuns: 40 },
    );
    expect(inLetters).toBeGreaterThan(5);
  });
});

describe('the trial of letters', () => {
  it.each([576, 384] as const)('shows every letter under a number of its own, on %i dots', async (widthDots) => {
    const { lines } = outOfPrinter(await jobOf(lettersTrial([TCVN, WINDOWS], widthDots)), widthDots);
    const numbers = lines.flatMap((line, at) => (/^\d$/u.test(line) ? [at] : []));
    expect(numbers.map((at) => lines[at])).toEqual(['1', '2']);
    expect(lines[0]).toHaveLength(columnsOn(widthDots));
    const [first, second] = [lines.slice(numbers[0]! + 1, numbers[1]), lines.slice(numbers[1]! + 1).filter((line) => line !== '')];
    expect(second).toEqual(first.filter((line) => line !== ''));
    for (const word of ['aàáảãạ', 'ưừứửữự', 'bcdđghklmnpqrstvx', 'AÀÁẢÃẠ', 'ƯỪỨỬỮỰ', 'BCDĐGHKLMNPQRSTVX', 'YỲÝỶỸỴ']) expect(first.join(' ')).toContain(word);
  });
  it('sends no command for a letter that lies on one', () => {
    const { commands, letters } = commandsIn(lettersTrial(usualLetters, 576));
    expect(commands.filter((command) => !ours.has(command))).toEqual([]);
    expect(letters.filter((byte) => byte < 0x20 || byte === 0x7f)).toEqual([]);
  });
});
