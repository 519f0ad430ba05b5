/** The bytes of Vietnamese letters on printers: what a code page cannot hold is refused, never replaced by another letter. */
import { unreachable } from '../../../shared/lib/result.ts';
import type { CodePage, PrinterLetters } from '../../../shared/printing/code-pages.ts';

/** Bytes under one table of the printer (the n of `ESC t n`). */
export type Run = { table: number; bytes: number[] };

/** A space: the code page has no letter there, or one that no text of ours needs. */
const parse = (first: number, letters: string): ReadonlyMap<number, string> =>
  new Map([...letters].flatMap((letter, at) => (letter === ' ' ? [] : [[first + at, letter] as const])));

/** TCVN 5712:1993. VN1 has twelve capitals on control bytes; they are left out here, and so refused. */
const TCVN_1 = parse(0x80, 'ÀẢÃÁẠẶẬÈẺẼÉẸỆÌỈĨÍỊÒỎÕÓỌỘỜỞỠỚỢÙỦŨ ĂÂÊÔƠƯĐăâêôơưđẰ     àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ');
/** TCVN-3 as Epson keeps it in two tables (TM-T20II technical reference, character code tables 30 and 31). */
const TCVN_3_SMALL = parse(0xa8, 'ăâêôơưđ      àảãáạ ằẳẵắ       ặầẩẫấậè ẻẽéẹềểễếệìỉ   ĩíịò ỏõóọồổỗốộờởỡớợù ủũúụừửữứựỳỷỹýỵ');
const TCVN_3_CAPITALS = parse(0xa1, 'ĂÂ    Đ  ÊÔƠƯ       ÀẢÃÁẠ ẰẲẴẮ       ẶẦẨẪẤẬÈ ẺẼÉẸỀỂỄẾỆÌỈ   ĨÍỊÒ ỎÕÓỌỒỔỖỐỘỜỞỠỚỢÙ ỦŨÚỤỪỬỮỨỰỲỶỸÝỴ');
/** Windows-1258: letters without most of the tones; these are bytes of their own that follow the letter. */
const WINDOWS_1258 = parse(0xc0, 'ÀÁÂĂ    ÈÉÊ  Í  Đ  ÓÔƠ   ÙÚ  Ư  àáâă    èéê  í  đ  óôơ   ùú  ư');
const TONE_BYTES: ReadonlyMap<string, number> = new Map([
  ['\u0300', 0xcc],
  ['\u0309', 0xd2],
  ['\u0303', 0xde],
  ['\u0301', 0xec],
  ['\u0323', 0xf2],
]);
/** RFC 1456. Six of its capitals lie on control bytes and are left out. */
const VISCII = parse(0x80, 'ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ');

type Tables = { letters: readonly ReadonlyMap<number, string>[]; tones?: ReadonlyMap<string, number> };

function tablesOf(codePage: CodePage): Tables {
  switch (codePage) {
    case 'tcvn-3':
      return { letters: [TCVN_3_SMALL, TCVN_3_CAPITALS] };
    case 'tcvn-1':
      return { letters: [TCVN_1] };
    case 'windows-1258':
      return { letters: [WINDOWS_1258], tones: TONE_BYTES };
    case 'viscii':
      return { letters: [VISCII] };
    default:
      return unreachable(codePage);
  }
}

/** Punctuation that ASCII has a plainer form of; letters have none. */
const PLAINER: Record<string, string> = {
  '“': '"',
  '”': '"',
  '„': '"',
  '‘': "'",
  '’': "'",
  '–': '-',
  '—': '-',
  '‑': '-',
  '−': '-',
  '·': '-',
  '•': '-',
  '×': 'x',
  '…': '...',
};

/** NFC, with the punctuation every code page has. */
export const plainer = (text: string): string => text.normalize('NFC').replace(/[“”„‘’–—‑−·•×…]/gu, (mark) => PLAINER[mark] ?? mark);

/** The inverse of a code page, for one letter: its table and bytes. */
type Encoder = ReadonlyMap<string, { table: number; bytes: readonly number[] }>;
const encoders = new Map<CodePage, Encoder>();

function encoderOf(codePage: CodePage): Encoder {
  const known = encoders.get(codePage);
  if (known !== undefined) return known;
  const { letters, tones } = tablesOf(codePage);
  const encoder = new Map<string, { table: number; bytes: readonly number[] }>();
  letters.forEach((table, offset) => {
    for (const [byte, letter] of table) encoder.set(letter, { table: offset, bytes: [byte] });
  });
  for (const [tone, toneByte] of tones ?? [])
    for (const base of [...'aeiouyAEIOUY', ...encoder.keys()]) {
      const letter = (base + tone).normalize('NFC');
      const baseByte = base.length === 1 && base < '\u0080' ? base.charCodeAt(0) : encoder.get(base)?.bytes[0];
      if (letter.length === 1 && baseByte !== undefined && !encoder.has(letter)) encoder.set(letter, { table: 0, bytes: [baseByte, toneByte] });
    }
  encoders.set(codePage, encoder);
  return encoder;
}

const isPrintable = (byte: number): boolean => byte >= 0x20 && byte !== 0x7f && byte <= 0xff;

/** One line, already made `plainer`. Null when the code page lacks a letter of it, or anything would come out as other than what was put in. */
export function encode(line: string, { text, table: first }: PrinterLetters): Run[] | null {
  const encoder = encoderOf(text);
  const runs: Run[] = [];
  for (const letter of line) {
    const code = letter >= ' ' && letter <= '~' ? letter.charCodeAt(0) : undefined;
    const found = code === undefined ? encoder.get(letter) : undefined;
    if (code === undefined && found === undefined) return null;
    const last = runs.at(-1);
    // ASCII is the same in every table.
    const table = found === undefined ? (last?.table ?? first) : first + found.table;
    const bytes = found?.bytes ?? [code!];
    if (last?.table === table) last.bytes.push(...bytes);
    else runs.push({ table, bytes: [...bytes] });
  }
  return runs.every(({ bytes }) => bytes.every(isPrintable)) && decode(runs, { text, table: first }) === line ? runs : null;
}

/** What a printer draws of one byte; undefined where the table has nothing. A tone belongs to the letter before it. */
export function letterAt(byte: number, { text, table: first }: PrinterLetters, table: number): string | undefined {
  if (byte >= 0x20 && byte < 0x7f) return String.fromCharCode(byte);
  const { letters, tones } = tablesOf(text);
  return letters[table - first]?.get(byte) ?? (table === first ? [...(tones ?? [])].find(([, toneByte]) => toneByte === byte)?.[0] : undefined);
}

export const decode = (runs: readonly Run[], letters: PrinterLetters): string =>
  runs
    .flatMap(({ table, bytes }) => bytes.map((byte) => letterAt(byte, letters, table) ?? '\ufffd'))
    .join('')
    .normalize('NFC');
