/** A colour profile of the sRGB primaries with a plain gamma of 2.2 (ICC.1:2001-04), small enough to write here: PDF/A asks for one. */

const TAG_COUNT = 9;
const HEADER = 128;

const s15Fixed16 = (value: number): number[] => {
  const fixed = Math.round(value * 65_536);
  return [(fixed >> 24) & 0xff, (fixed >> 16) & 0xff, (fixed >> 8) & 0xff, fixed & 0xff];
};
const uint32 = (value: number): number[] => [(value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
const ascii = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0));
const xyz = (x: number, y: number, z: number): number[] => [...ascii('XYZ '), 0, 0, 0, 0, ...s15Fixed16(x), ...s15Fixed16(y), ...s15Fixed16(z)];

export function sRgbProfile(): Uint8Array<ArrayBuffer> {
  const name = 'sRGB primaries, gamma 2.2';
  const described = [...ascii('desc'), 0, 0, 0, 0, ...uint32(name.length + 1), ...ascii(name), 0, ...new Array<number>(4 + 4 + 2 + 1 + 67).fill(0)];
  const curve = [...ascii('curv'), 0, 0, 0, 0, ...uint32(1), 0x02, 0x33, 0, 0];
  // Primaries adapted to D50.
  const tags: [string, number[]][] = [
    ['desc', described],
    ['cprt', [...ascii('text'), 0, 0, 0, 0, ...ascii('Public domain'), 0]],
    ['wtpt', xyz(0.9642, 1, 0.8249)],
    ['rXYZ', xyz(0.4361, 0.2225, 0.0139)],
    ['gXYZ', xyz(0.3851, 0.7169, 0.0971)],
    ['bXYZ', xyz(0.1431, 0.0606, 0.7141)],
    ['rTRC', curve],
    ['gTRC', curve],
    ['bTRC', curve],
  ];
  const table: number[] = [...uint32(TAG_COUNT)];
  const body: number[] = [];
  const start = HEADER + 4 + TAG_COUNT * 12;
  for (const [tag, data] of tags) {
    table.push(...ascii(tag), ...uint32(start + body.length), ...uint32(data.length));
    body.push(...data);
    while (body.length % 4 !== 0) body.push(0);
  }
  const header = new Array<number>(HEADER).fill(0);
  const write = (at: number, bytes: number[]): void => bytes.forEach((byte, index) => (header[at + index] = byte));
  write(0, uint32(start + body.length));
  write(8, [2, 0x10, 0, 0]);
  write(12, ascii('mntrRGB XYZ '));
  write(24, [0x07, 0xea, 0, 1, 0, 1]);
  write(36, ascii('acsp'));
  write(68, [...s15Fixed16(0.9642), ...s15Fixed16(1), ...s15Fixed16(0.8249)]);
  return Uint8Array.from([...header, ...table, ...body]);
}
