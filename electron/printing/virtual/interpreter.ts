/** Reads ESC/POS and draws it on the paper roll; commands it does not know are counted, never guessed at. */
import { LETTER_HEIGHT, LETTER_WIDTH, letterOf, letterRows } from './letters.ts';
import type { PaperRoll } from './paper-roll.ts';

export type Interpreter = {
  /**
   * Obeys one command, or one row of an image, from the start of `bytes`.
   * Returns how many bytes it took; 0 means it needs more.
   */
  step(bytes: Uint8Array): number;
  /** Forgets a half-read command, as a printer's network board does when a connection ends. */
  endOfConnection(): void;
};

export type InterpreterEvents = {
  cut(): void;
  /** GS r n, in order with the printing. */
  askedInOrder(topic: number): void;
  /** GS a n: report changes unasked, from now on or no more. */
  reportsWanted(isWanted: boolean): void;
  unknown(command: string): void;
  /** A line of letters, as it can be read. */
  printed?(line: string): void;
};

type Alignment = 'left' | 'centre' | 'right';
type Style = { alignment: Alignment; wide: number; high: number; isBold: boolean; isUnderlined: boolean; lineDots: number };
const plain: Style = { alignment: 'left', wide: 1, high: 1, isBold: false, isUnderlined: false, lineDots: 30 };

/** Commands that change nothing we draw, by their first bytes: how many argument bytes follow. */
const skipped: Record<string, number> = {
  '1b20': 1,
  '1b25': 1,
  '1b52': 1,
  '1b56': 1,
  '1b63': 2,
  '1b4d': 1,
  '1b70': 3,
  '1b7b': 1,
  '1b24': 2,
  '1b5c': 2,
  '1d42': 1,
  '1d48': 1,
  '1d4c': 2,
  '1d50': 2,
  '1d57': 2,
  '1d62': 1,
  '1d66': 1,
  '1d68': 1,
  '1d77': 1,
  '1d49': 1,
  '1c2e': 0,
  '1c26': 0,
  '1c21': 1,
};

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export function createInterpreter(roll: PaperRoll, events: InterpreterEvents): Interpreter {
  let style = plain;
  let table = 0;
  let line: { letter: string; style: Style }[] = [];
  let image: { rowBytes: number; rowsLeft: number; offsetDots: number; wide: number; high: number } | null = null;

  const indent = (widthDots: number): number => {
    const free = Math.max(0, roll.widthDots - widthDots);
    return style.alignment === 'left' ? 0 : style.alignment === 'right' ? free : Math.floor(free / 2);
  };

  const printLine = (): void => {
    const width = line.reduce((dots, cell) => dots + LETTER_WIDTH * cell.style.wide, 0);
    const height = Math.max(0, ...line.map((cell) => LETTER_HEIGHT * cell.style.high));
    const top = roll.rows;
    roll.feed(Math.max(style.lineDots, height));
    let x = indent(width);
    for (const cell of line) {
      drawCell(roll, cell.letter, cell.style, x, top + height - LETTER_HEIGHT * cell.style.high);
      x += LETTER_WIDTH * cell.style.wide;
    }
    events.printed?.(line.map(({ letter }) => letter).join(''));
    line = [];
  };

  const printCharacter = (byte: number): void => {
    const letter = letterOf(byte, table);
    const last = line.at(-1);
    if (last !== undefined && /^\p{M}$/u.test(letter)) {
      last.letter = (last.letter + letter).normalize('NFC');
      return;
    }
    const width = line.reduce((dots, cell) => dots + LETTER_WIDTH * cell.style.wide, LETTER_WIDTH * style.wide);
    if (width > roll.widthDots) printLine();
    line.push({ letter, style });
  };

  const flush = (): void => {
    if (line.length > 0) printLine();
  };

  const imageRow = (bytes: Uint8Array): number => {
    const current = image!;
    if (bytes.length < current.rowBytes) return 0;
    const row = widened(bytes.subarray(0, current.rowBytes), current.wide);
    for (let copy = 0; copy < current.high; copy += 1) roll.burnRow(row, current.offsetDots);
    current.rowsLeft -= 1;
    if (current.rowsLeft === 0) image = null;
    return current.rowBytes;
  };

  const escape = (bytes: Uint8Array): number => {
    const [, code, n] = bytes;
    if (code === undefined) return 0;
    if (code === 0x40) {
      style = plain;
      table = 0;
      line = [];
      return 2;
    }
    if (code === 0x32) {
      style = { ...style, lineDots: plain.lineDots };
      return 2;
    }
    if (code === 0x69 || code === 0x6d) {
      flush();
      events.cut();
      return 2;
    }
    if (code === 0x44) {
      const end = bytes.indexOf(0, 2);
      return end === -1 ? 0 : end + 1;
    }
    if (code === 0x2a) return columnImage(bytes);
    if (n === undefined) return 0;
    switch (code) {
      case 0x21:
        style = { ...style, isBold: (n & 8) !== 0, high: (n & 16) === 0 ? 1 : 2, wide: (n & 32) === 0 ? 1 : 2, isUnderlined: (n & 128) !== 0 };
        return 3;
      case 0x2d:
        style = { ...style, isUnderlined: n % 48 !== 0 };
        return 3;
      case 0x45:
      case 0x47:
        style = { ...style, isBold: (n & 1) === 1 };
        return 3;
      case 0x61:
        flush();
        style = { ...style, alignment: n % 48 === 1 ? 'centre' : n % 48 === 2 ? 'right' : 'left' };
        return 3;
      case 0x33:
        style = { ...style, lineDots: n };
        return 3;
      case 0x74:
        table = n;
        return 3;
      case 0x4a:
        flush();
        roll.feed(n);
        return 3;
      case 0x64:
        flush();
        roll.feed(n * style.lineDots);
        return 3;
      default:
        return skipOrReport(bytes);
    }
  };

  const groupSeparator = (bytes: Uint8Array): number => {
    const [, code, n] = bytes;
    if (code === undefined || n === undefined) return 0;
    switch (code) {
      case 0x21:
        style = { ...style, wide: ((n >> 4) & 7) + 1, high: (n & 7) + 1 };
        return 3;
      case 0x56: {
        const feedsFirst = n >= 65;
        if (feedsFirst && bytes.length < 4) return 0;
        flush();
        if (feedsFirst) roll.feed(bytes[3]!);
        events.cut();
        return feedsFirst ? 4 : 3;
      }
      case 0x72:
        events.askedInOrder(n);
        return 3;
      case 0x61:
        events.reportsWanted(n !== 0);
        return 3;
      case 0x76:
        return rasterImage(bytes);
      case 0x28:
        if (bytes.length < 5) return 0;
        if (bytes.length < 5 + bytes[3]! + bytes[4]! * 256) return 0;
        // GS ( k draws symbols on printers that can; our papers carry theirs in the raster.
        events.unknown(`GS ( ${String.fromCharCode(n)}`);
        return 5 + bytes[3]! + bytes[4]! * 256;
      case 0x6b: {
        const end = n < 65 ? bytes.indexOf(0, 3) : bytes.length >= 4 && bytes.length >= 4 + bytes[3]! ? 3 + bytes[3]! : -1;
        if (end === -1) return 0;
        events.unknown('GS k');
        return end + 1;
      }
      default:
        return skipOrReport(bytes);
    }
  };

  const rasterImage = (bytes: Uint8Array): number => {
    if (bytes.length < 8) return 0;
    if (bytes[2] !== 0x30) {
      events.unknown(hex(bytes.subarray(0, 3)));
      return 3;
    }
    flush();
    const mode = bytes[3]! % 48;
    const wide = (mode & 1) + 1;
    const rowBytes = bytes[4]! + bytes[5]! * 256;
    const rows = bytes[6]! + bytes[7]! * 256;
    if (rowBytes > 0 && rows > 0) image = { rowBytes, rowsLeft: rows, offsetDots: indent(rowBytes * 8 * wide), wide, high: (mode >> 1) + 1 };
    return 8;
  };

  /** ESC *: 8 or 24 dots high columns, printed at once as a line of their own. */
  const columnImage = (bytes: Uint8Array): number => {
    if (bytes.length < 5) return 0;
    const height = bytes[2]! >= 32 ? 24 : 8;
    const columns = bytes[3]! + bytes[4]! * 256;
    const size = 5 + (columns * height) / 8;
    if (bytes.length < size) return 0;
    const top = roll.rows;
    roll.feed(height);
    const left = indent(columns);
    for (let x = 0; x < columns; x += 1) {
      for (let y = 0; y < height; y += 1) {
        if ((bytes[5 + (x * height) / 8 + (y >> 3)]! & (0x80 >> (y & 7))) !== 0) roll.burnDot(left + x, top + y);
      }
    }
    return size;
  };

  const skipOrReport = (bytes: Uint8Array): number => {
    const argumentBytes = skipped[hex(bytes.subarray(0, 2))];
    if (argumentBytes === undefined) {
      events.unknown(hex(bytes.subarray(0, 2)));
      return 2;
    }
    return bytes.length < 2 + argumentBytes ? 0 : 2 + argumentBytes;
  };

  return {
    step(bytes) {
      const first = bytes[0];
      if (first === undefined) return 0;
      if (image !== null) return imageRow(bytes);
      switch (first) {
        case 0x0a:
          printLine();
          return 1;
        case 0x1b:
          return escape(bytes);
        case 0x1d:
          return groupSeparator(bytes);
        case 0x1c:
          return bytes.length < 2 ? 0 : skipOrReport(bytes);
        case 0x10:
          // Real-time commands were obeyed when they arrived; here they are only passed over.
          return bytes.length < 3 ? 0 : 3;
        default:
          if (first >= 0x20) printCharacter(first);
          return 1;
      }
    },
    endOfConnection() {
      image = null;
    },
  };
}

function widened(row: Uint8Array, wide: number): Uint8Array {
  if (wide === 1) return row;
  const out = new Uint8Array(row.length * 2);
  for (let dot = 0; dot < row.length * 8; dot += 1) {
    if ((row[dot >> 3]! & (0x80 >> (dot & 7))) !== 0) out[dot >> 2]! |= 0xc0 >> ((dot * 2) & 7);
  }
  return out;
}

function drawCell(roll: PaperRoll, letter: string, style: Style, left: number, top: number): void {
  letterRows(letter).forEach((bits, row) => {
    for (let column = 0; column < LETTER_WIDTH; column += 1) {
      if ((bits & (1 << (LETTER_WIDTH - 1 - column))) === 0) continue;
      const dotsWide = style.wide + (style.isBold ? 1 : 0);
      for (let y = 0; y < style.high; y += 1) for (let x = 0; x < dotsWide; x += 1) roll.burnDot(left + column * style.wide + x, top + row * style.high + y);
    }
  });
  if (!style.isUnderlined) return;
  for (let x = 0; x < LETTER_WIDTH * style.wide; x += 1) roll.burnDot(left + x, top + LETTER_HEIGHT * style.high - 1);
}
