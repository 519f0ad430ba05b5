/**
 * The binary form of one bucket of the index: which rows (by rank) hold which token. Lists are ascending and stored as
 * differences, about one byte a row; a rank is a non-negative integer below 2^53, lower ranks come first in every answer.
 *
 *   bucket = { token: 5 bytes big-endian, length of the list in bytes: varint, list: varints }*
 */

/** What is left of a token when its bucket is known: 40 bits. */
export type TokenId = number;
export type Postings = Map<TokenId, number[]>;

const TOKEN_BYTES = 5;

class Writer {
  private bytes = new Uint8Array(1024);
  length = 0;
  private grow(needed: number): void {
    if (this.length + needed <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + needed));
    larger.set(this.bytes);
    this.bytes = larger;
  }
  varint(value: number): void {
    this.grow(8);
    let rest = value;
    // Division, since ranks may be wider than the 32 bits of the bitwise operators.
    while (rest >= 0x80) {
      this.bytes[this.length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.bytes[this.length++] = rest;
  }
  token(id: TokenId): void {
    this.grow(TOKEN_BYTES);
    for (let at = TOKEN_BYTES - 1, rest = id; at >= 0; at--, rest = Math.floor(rest / 256)) this.bytes[this.length + at] = rest % 256;
    this.length += TOKEN_BYTES;
  }
  append(other: Writer): void {
    this.grow(other.length);
    this.bytes.set(other.written(), this.length);
    this.length += other.length;
  }
  clear(): void {
    this.length = 0;
  }
  written(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.length);
  }
}

export function encodePostings(postings: Postings): Uint8Array<ArrayBuffer> {
  const out = new Writer();
  const list = new Writer();
  for (const [token, ranks] of postings) {
    list.clear();
    let previous = 0;
    for (const rank of ranks) {
      list.varint(rank - previous);
      previous = rank;
    }
    out.token(token);
    out.varint(list.length);
    out.append(list);
  }
  return out.written().slice();
}

/** Reads a varint at `at`; the position after it is left in `next`. */
class Reader {
  next = 0;
  constructor(private readonly bytes: Uint8Array) {}
  varint(at: number): number {
    let value = 0;
    let scale = 1;
    for (let position = at; position < this.bytes.length; position++, scale *= 0x80) {
      const byte = this.bytes[position] as number;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        this.next = position + 1;
        return value;
      }
    }
    throw new RangeError('postings end early');
  }
  token(at: number): TokenId {
    let id = 0;
    for (let offset = 0; offset < TOKEN_BYTES; offset++) id = id * 256 + (this.bytes[at + offset] ?? 0);
    return id;
  }
  list(from: number, to: number): number[] {
    const ranks: number[] = [];
    let rank = 0;
    for (let at = from; at < to; at = this.next) {
      rank += this.varint(at);
      ranks.push(rank);
    }
    return ranks;
  }
}

/** Ranks filed under a token; empty when there are none. Throws a RangeError when the bytes are not a bucket. */
export function ranksOf(bucket: Uint8Array, token: TokenId): number[] {
  const reader = new Reader(bucket);
  for (let at = 0; at < bucket.length;) {
    const id = reader.token(at);
    const bytes = reader.varint(at + TOKEN_BYTES);
    if (id === token) return reader.list(reader.next, reader.next + bytes);
    at = reader.next + bytes;
  }
  return [];
}

/** One bucket of what several hold. */
export function mergePostings(buckets: readonly Uint8Array[]): Postings {
  const merged: Postings = new Map();
  const unsorted = new Set<TokenId>();
  for (const bucket of buckets) {
    const reader = new Reader(bucket);
    for (let at = 0; at < bucket.length; at = reader.next) {
      const id = reader.token(at);
      const bytes = reader.varint(at + TOKEN_BYTES);
      const from = reader.next;
      const list = reader.list(from, from + bytes);
      reader.next = from + bytes;
      const known = merged.get(id);
      if (known === undefined) {
        merged.set(id, list);
        continue;
      }
      if ((list[0] ?? 0) < (known.at(-1) ?? 0)) unsorted.add(id);
      for (const rank of list) known.push(rank);
    }
  }
  for (const id of unsorted) merged.get(id)?.sort((a, b) => a - b);
  return merged;
}

/** Ranks that every list holds; each ascending. */
export function intersect(lists: readonly number[][]): number[] {
  const [shortest, ...others] = [...lists].sort((a, b) => a.length - b.length);
  if (shortest === undefined) return [];
  return others.reduce((found, list) => {
    let at = 0;
    return found.filter((rank) => {
      while (at < list.length && (list[at] as number) < rank) at++;
      return list[at] === rank;
    });
  }, shortest);
}
