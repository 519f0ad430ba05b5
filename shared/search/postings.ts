/**
 * The binary form of one bucket of the index: which rows (by rank) hold which token. A list is ascending and stored as
 * differences, about one byte a row, or, where one row in eight or more has the token, as a bit a rank. A rank is a
 * non-negative integer below 2^53, lower ranks come first in every answer.
 *
 *   bucket = { token: 5 bytes big-endian, 2 × length of the list in bytes + is it a map: varint, list }*
 *   list   = { difference: varint }*
 *   map    = lowest rank: varint, bits from that rank on, the lowest bit of each byte first
 */

/** What is left of a token when its bucket is known: 40 bits. */
export type TokenId = number;
export type Postings = Map<TokenId, number[]>;
/** The ranks of one token as they lie in a bucket; only what is asked for is read. */
export type Ranks = {
  /** At most so many. */
  count: number;
  /** From `low` on the next rank at each call, ascending, and Infinity after the last. */
  from(low: number): () => number;
  has?: (rank: number) => boolean;
};

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
  bytesOf(other: Uint8Array): void {
    this.grow(other.length);
    this.bytes.set(other, this.length);
    this.length += other.length;
  }
  clear(): void {
    this.length = 0;
  }
  written(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.length);
  }
}

/** Ranks without gaps take a bit each, ranks far apart two bytes and more. */
const isDense = (ranks: readonly number[], asDifferences: number): boolean => ((ranks.at(-1) ?? 0) - (ranks[0] ?? 0)) / 8 + 8 < asDifferences;

function bitsOf(ranks: readonly number[]): Uint8Array<ArrayBuffer> {
  const lowest = ranks[0] ?? 0;
  const bits = new Uint8Array(Math.floor(((ranks.at(-1) ?? 0) - lowest) / 8) + 1);
  for (const rank of ranks) {
    const offset = rank - lowest;
    bits[offset >> 3] = (bits[offset >> 3] ?? 0) | (1 << (offset & 7));
  }
  return bits;
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
    const isMap = isDense(ranks, list.length);
    if (isMap) {
      list.clear();
      list.varint(ranks[0] ?? 0);
      list.bytesOf(bitsOf(ranks));
    }
    out.token(token);
    out.varint(list.length * 2 + (isMap ? 1 : 0));
    out.bytesOf(list.written());
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
  /** Passes over the list at `at` with the length that stands before it. Throws a RangeError when it ends early. */
  skip(at: number): void {
    const length = this.varint(at);
    this.next += Math.floor(length / 2);
    if (this.next > this.bytes.length) throw new RangeError('postings end early');
  }
  /** The list at `at`, of which `skip` was content; `next` is behind it. */
  ranks(at: number): Ranks {
    this.skip(at);
    const to = this.next;
    const length = this.varint(at);
    const found = length % 2 === 1 ? this.map(this.next, to) : this.differences(this.next, to);
    this.next = to;
    return found;
  }
  private differences(first: number, to: number): Ranks {
    const from = (low: number) => {
      let at = first;
      let rank = 0;
      return (): number => {
        while (at < to) {
          rank += this.varint(at);
          at = this.next;
          if (rank >= low) return rank;
        }
        return Infinity;
      };
    };
    // At least a byte each: never more than that, which is all that intersecting asks.
    return { count: to - first, from };
  }
  private map(first: number, to: number): Ranks {
    const lowest = this.varint(first);
    const bits = this.bytes.subarray(this.next, to);
    const from = (low: number) => {
      let offset = Math.max(0, low - lowest);
      return (): number => {
        for (let byte = Math.floor(offset / 8); byte < bits.length; byte++, offset = byte * 8) {
          const rest = (bits[byte] ?? 0) >> (offset % 8);
          if (rest === 0) continue;
          // The place of the lowest bit that is set.
          offset += 31 - Math.clz32(rest & -rest);
          return lowest + offset++;
        }
        return Infinity;
      };
    };
    const has = (rank: number): boolean => {
      const offset = rank - lowest;
      return offset >= 0 && ((bits[Math.floor(offset / 8)] ?? 0) & (1 << (offset & 7))) !== 0;
    };
    return { count: bits.length * 8, from, has };
  }
}

const NONE: Ranks = { count: 0, from: () => () => Infinity };

export function allOf(ranks: Ranks): number[] {
  const all: number[] = [];
  const next = ranks.from(0);
  for (let rank = next(); rank !== Infinity; rank = next()) all.push(rank);
  return all;
}

/** Ranks filed under a token; none when there are none. Throws a RangeError when the bytes are not a bucket. */
export function ranksOf(bucket: Uint8Array, token: TokenId): Ranks {
  const reader = new Reader(bucket);
  for (let at = 0; at < bucket.length; at = reader.next) {
    if (reader.token(at) === token) return reader.ranks(at + TOKEN_BYTES);
    reader.skip(at + TOKEN_BYTES);
  }
  return NONE;
}

/** One bucket of what several hold. */
export function mergePostings(buckets: readonly Uint8Array[]): Postings {
  const merged: Postings = new Map();
  const unsorted = new Set<TokenId>();
  for (const bucket of buckets) {
    const reader = new Reader(bucket);
    for (let at = 0; at < bucket.length;) {
      const id = reader.token(at);
      const ranks = reader.ranks(at + TOKEN_BYTES);
      at = reader.next;
      const list = allOf(ranks);
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

/** Inclusive, and no more than the lowest `atMost`. */
export type Wanted = { low: number; high: number; atMost: number };

/** Ranks that every list holds, ascending. No list is read further than it has to be. */
export function intersect(lists: readonly Ranks[], { low, high, atMost }: Wanted): number[] {
  const [shortest, ...others] = [...lists].sort((a, b) => a.count - b.count);
  if (shortest === undefined) return [];
  const holds = others.map(({ has, from }) => has ?? inOrder(from(low)));
  const found: number[] = [];
  const next = shortest.from(low);
  for (let rank = next(); rank <= high && rank !== Infinity && found.length < atMost; rank = next()) {
    if (holds.every((has) => has(rank))) found.push(rank);
  }
  return found;
}

/** Asked for ascending ranks only. */
function inOrder(next: () => number): (rank: number) => boolean {
  let at = next();
  return (rank) => {
    while (at < rank) at = next();
    return at === rank;
  };
}
