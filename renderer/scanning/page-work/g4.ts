/** Encodes black and white as ITU-T T.6 (CCITT group 4), the densest every PDF reader knows: a page of text takes some 40 KB at 300 dpi. */
import { rowBytes, type Bilevel } from './raster.ts';

// T.4 tables 2 and 3: runs of 0 to 63, then of 64, 128 … 1728.
const WHITE =
  '00110101 000111 0111 1000 1011 1100 1110 1111 10011 10100 00111 01000 001000 000011 110100 110101 101010 101011 0100111 0001100 0001000 0010111 0000011 0000100 0101000 0101011 0010011 0100100 0011000 00000010 00000011 00011010 00011011 00010010 00010011 00010100 00010101 00010110 00010111 00101000 00101001 00101010 00101011 00101100 00101101 00000100 00000101 00001010 00001011 01010010 01010011 01010100 01010101 00100100 00100101 01011000 01011001 01011010 01011011 01001010 01001011 00110010 00110011 00110100';
const WHITE_LONG =
  '11011 10010 010111 0110111 00110110 00110111 01100100 01100101 01101000 01100111 011001100 011001101 011010010 011010011 011010100 011010101 011010110 011010111 011011000 011011001 011011010 011011011 010011000 010011001 010011010 011000 010011011';
const BLACK =
  '0000110111 010 11 10 011 0011 0010 00011 000101 000100 0000100 0000101 0000111 00000100 00000111 000011000 0000010111 0000011000 0000001000 00001100111 00001101000 00001101100 00000110111 00000101000 00000010111 00000011000 000011001010 000011001011 000011001100 000011001101 000001101000 000001101001 000001101010 000001101011 000011010010 000011010011 000011010100 000011010101 000011010110 000011010111 000001101100 000001101101 000011011010 000011011011 000001010100 000001010101 000001010110 000001010111 000001100100 000001100101 000001010010 000001010011 000000100100 000000110111 000000111000 000000100111 000000101000 000001011000 000001011001 000000101011 000000101100 000001011010 000001100110 000001100111';
const BLACK_LONG =
  '0000001111 000011001000 000011001001 000001011011 000000110011 000000110100 000000110101 0000001101100 0000001101101 0000001001010 0000001001011 0000001001100 0000001001101 0000001110010 0000001110011 0000001110100 0000001110101 0000001110110 0000001110111 0000001010010 0000001010011 0000001010100 0000001010101 0000001011010 0000001011011 0000001100100 0000001100101';
/** Of either colour: 1792, 1856 … 2560. */
const LONGEST =
  '00000001000 00000001100 00000001101 000000010010 000000010011 000000010100 000000010101 000000010110 000000010111 000000011100 000000011101 000000011110 000000011111';

type Code = { bits: number; length: number };
const codesOf = (table: string): Code[] => table.split(' ').map((bits) => ({ bits: Number.parseInt(bits, 2), length: bits.length }));
const longest = codesOf(LONGEST);
const runs = [
  { short: codesOf(WHITE), long: codesOf(WHITE_LONG) },
  { short: codesOf(BLACK), long: codesOf(BLACK_LONG) },
] as const;

const PASS: Code = { bits: 0b0001, length: 4 };
const HORIZONTAL: Code = { bits: 0b001, length: 3 };
/** By how far the change lies right of the one above, from -3 to 3. */
const vertical = codesOf('0000010 000010 010 1 011 000011 0000011');
const END: Code = { bits: 1, length: 12 };

function createBitWriter() {
  let bytes = new Uint8Array(64 * 1024);
  let length = 0;
  let pending = 0;
  let count = 0;
  return {
    put({ bits, length: many }: Code): void {
      pending = (pending << many) | bits;
      count += many;
      while (count >= 8) {
        count -= 8;
        if (length === bytes.length) {
          const larger = new Uint8Array(bytes.length * 2);
          larger.set(bytes);
          bytes = larger;
        }
        bytes[length] = (pending >>> count) & 0xff;
        length += 1;
      }
      pending &= (1 << count) - 1;
    },
    end(): Uint8Array<ArrayBuffer> {
      if (count > 0) this.put({ bits: 0, length: 8 - count });
      return bytes.slice(0, length);
    },
  };
}

/** Where the colour changes along a row, beginning from white; two marks beyond the end close it. */
function changesOf({ width, data }: Bilevel, row: number): number[] {
  const changes: number[] = [];
  const start = row * rowBytes(width);
  let colour = 0;
  for (let x = 0; x < width; x += 1) {
    const byte = data[start + (x >> 3)] ?? 0;
    // Eight of one colour at a time: most of a page is white.
    if ((x & 7) === 0 && byte === (colour === 0 ? 0 : 0xff) && x + 8 <= width) {
      x += 7;
      continue;
    }
    const pixel = (byte >> (7 - (x & 7))) & 1;
    if (pixel !== colour) {
      changes.push(x);
      colour = pixel;
    }
  }
  changes.push(width, width);
  return changes;
}

export function encodeG4(page: Bilevel): Uint8Array<ArrayBuffer> {
  const writer = createBitWriter();
  const { width, height } = page;
  const putRun = (colour: 0 | 1, run: number): void => {
    const { short, long } = runs[colour];
    let left = run;
    while (left >= 2560 + 64) {
      writer.put(longest[12] as Code);
      left -= 2560;
    }
    if (left >= 1792) writer.put(longest[(left - 1792) >> 6] as Code);
    else if (left >= 64) writer.put(long[(left >> 6) - 1] as Code);
    writer.put(short[left & 63] as Code);
  };
  let above: number[] = [width, width];
  for (let row = 0; row < height; row += 1) {
    const here = changesOf(page, row);
    let a0 = -1;
    let colour: 0 | 1 = 0;
    let nextHere = 0;
    let nextAbove = 0;
    while (a0 < width) {
      // a1, b1 and b2 of T.6 § 2.2: the change here, and the two above that lie right of a0 and begin from the same colour.
      while (nextHere < here.length - 1 && ((here[nextHere] ?? width) <= a0 || nextHere % 2 !== colour) && (here[nextHere] ?? width) < width) nextHere += 1;
      const a1 = here[nextHere] ?? width;
      while (nextAbove > 0 && (above[nextAbove - 1] ?? 0) > a0) nextAbove -= 1;
      while (nextAbove < above.length - 1 && ((above[nextAbove] ?? width) <= a0 || nextAbove % 2 !== colour) && (above[nextAbove] ?? width) < width)
        nextAbove += 1;
      const b1 = above[nextAbove] ?? width;
      const b2 = above[nextAbove + 1] ?? width;
      if (b2 < a1) {
        writer.put(PASS);
        a0 = b2;
        continue;
      }
      const right = a1 - b1;
      if (right >= -3 && right <= 3) {
        writer.put(vertical[right + 3] as Code);
        a0 = a1;
        colour = colour === 0 ? 1 : 0;
        continue;
      }
      const a2 = here[nextHere + 1] ?? width;
      writer.put(HORIZONTAL);
      putRun(colour, a1 - Math.max(a0, 0));
      putRun(colour === 0 ? 1 : 0, a2 - a1);
      a0 = a2;
    }
    above = here;
  }
  writer.put(END);
  writer.put(END);
  return writer.end();
}
