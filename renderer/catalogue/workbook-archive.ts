/** Opens the archive an .xlsx file is, within bounds, before any reader of spreadsheets sees it. */
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';

export type ArchiveFailure = Failure<'not-excel' | 'old-excel' | 'damaged' | 'too-big'>;

/** Far above what 20,000 procedures need, far below what would hurt. */
const MAX_UNPACKED_BYTES = 150 * 1024 * 1024;
const MAX_PARTS = 2000;
const MAX_ROWS = 200_000;
const MAX_COLUMNS = 60;

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_LENGTH = 22;
const MAX_COMMENT = 65_535;
const STORED = 0;
const DEFLATED = 8;

/**
 * The same workbook, its text parts only, stored without compression. Unpacked here because a reader believes the sizes a
 * file claims, fills every gap up to the last cell it names, and unpacks large parts in workers our policy forbids.
 */
export async function safeArchive(bytes: Uint8Array): Promise<Result<ArrayBuffer, ArchiveFailure>> {
  if (startsWith(bytes, [0xd0, 0xcf, 0x11, 0xe0])) return fail('old-excel');
  if (!startsWith(bytes, [0x50, 0x4b])) return fail('not-excel');
  try {
    const parts = await unpacked(bytes);
    if (![...parts.keys()].some((name) => name.startsWith('xl/'))) return fail('not-excel');
    for (const part of parts.values()) if (!isOfBoundedExtent(new TextDecoder().decode(part))) return fail('too-big');
    return ok(stored(parts));
  } catch (error) {
    if (error instanceof TooBig) return fail('too-big');
    if (error instanceof Damaged) return fail('damaged');
    throw error;
  }
}

class TooBig extends Error {}
class Damaged extends Error {}

const startsWith = (bytes: Uint8Array, signature: readonly number[]): boolean => signature.every((byte, at) => bytes[at] === byte);

async function unpacked(bytes: Uint8Array): Promise<Map<string, Uint8Array>> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u16 = (at: number): number => (at + 2 <= bytes.length ? view.getUint16(at, true) : damaged());
  const u32 = (at: number): number => (at + 4 <= bytes.length ? view.getUint32(at, true) : damaged());

  let end = bytes.length - END_LENGTH;
  const earliest = Math.max(0, end - MAX_COMMENT);
  while (end >= earliest && u32(end) !== END) end--;
  if (end < earliest) damaged();
  const count = u16(end + 10);
  if (count > MAX_PARTS) throw new TooBig();

  const parts = new Map<string, Uint8Array>();
  let left = MAX_UNPACKED_BYTES;
  for (let index = 0, at = u32(end + 16); index < count; index++) {
    if (u32(at) !== CENTRAL) damaged();
    const isEncrypted = (u16(at + 8) & 1) !== 0;
    const method = u16(at + 10);
    const packedLength = u32(at + 20);
    const nameLength = u16(at + 28);
    const local = u32(at + 42);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    at += 46 + nameLength + u16(at + 30) + u16(at + 32);
    if (!name.endsWith('.xml') && !name.endsWith('.rels')) continue;

    if (isEncrypted || u32(local) !== LOCAL) damaged();
    const from = local + 30 + u16(local + 26) + u16(local + 28);
    if (from + packedLength > bytes.length) damaged();
    const packed = bytes.subarray(from, from + packedLength);
    const part =
      method === DEFLATED ? await inflated(packed, left) : method === STORED && packed.length <= left ? packed : method === STORED ? tooBig() : damaged();
    left -= part.length;
    parts.set(name, part);
  }
  return parts;
}

const damaged = (): never => {
  throw new Damaged();
};
const tooBig = (): never => {
  throw new TooBig();
};

async function inflated(packed: Uint8Array, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = new Blob([packed.slice()]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(damaged);
    if (done) break;
    length += value.length;
    if (length > limit) {
      await reader.cancel().catch(() => undefined);
      tooBig();
    }
    chunks.push(value);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** Looks at every place a row or cell claims (`r="AB12"`); one far out would be filled up to with empty cells. */
function isOfBoundedExtent(xml: string): boolean {
  if (!xml.includes('sheetData')) return true;
  for (const [, claimed = ''] of xml.matchAll(/\sr\s*=\s*["']([^"']*)["']/gu)) {
    const place = /^([A-Z]{0,3})(\d{1,7})$/u.exec(claimed);
    if (place === null || Number(place[2]) > MAX_ROWS || columnNumber(place[1] ?? '') > MAX_COLUMNS) return false;
  }
  return true;
}

const columnNumber = (letters: string): number => [...letters].reduce((number, letter) => number * 26 + letter.charCodeAt(0) - 64, 0);

/** A zip without compression. Its checksums stay zero: nobody but the reader at hand sees it, and that one asks for none. */
function stored(parts: ReadonlyMap<string, Uint8Array>): ArrayBuffer {
  const entries = [...parts].map(([name, data]) => ({ name: new TextEncoder().encode(name), data }));
  const length = entries.reduce((sum, { name, data }) => sum + 30 + 46 + 2 * name.length + data.length, END_LENGTH);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  const offsets = entries.map(({ name, data }) => {
    const offset = at;
    view.setUint32(at, LOCAL, true);
    view.setUint32(at + 18, data.length, true);
    view.setUint32(at + 22, data.length, true);
    view.setUint16(at + 26, name.length, true);
    bytes.set(name, at + 30);
    bytes.set(data, at + 30 + name.length);
    at += 30 + name.length + data.length;
    return offset;
  });
  const directory = at;
  entries.forEach(({ name, data }, index) => {
    view.setUint32(at, CENTRAL, true);
    view.setUint32(at + 20, data.length, true);
    view.setUint32(at + 24, data.length, true);
    view.setUint16(at + 28, name.length, true);
    view.setUint32(at + 42, offsets[index] ?? 0, true);
    bytes.set(name, at + 46);
    at += 46 + name.length;
  });
  view.setUint32(at, END, true);
  view.setUint16(at + 8, entries.length, true);
  view.setUint16(at + 10, entries.length, true);
  view.setUint32(at + 12, at - directory, true);
  view.setUint32(at + 16, directory, true);
  return bytes.buffer;
}
