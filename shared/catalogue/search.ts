/** Finds procedures while one types: no diacritics, typos, words in any order, everyday words, code; fast enough for the same frame. */
import { fold, tidy } from '../lib/fold.ts';
import type { Procedure } from './catalogue.ts';
import { editDistance } from './edit-distance.ts';

export type ProcedureHit = { procedure: Procedure; score: number };
export type ProcedureSearch = { search(text: string, limit: number): ProcedureHit[] };

/** A name or an everyday name as a row of token ids, and beside each the id of the token as written, diacritics and all. */
type Phrase = { tokens: Int32Array; written: Int32Array };
type Entry = { procedure: Procedure; code: string; phrases: Phrase[] };

/** How well a typed token stands for each token of the dictionary, 0 to 1, and which ones it can stand for at all; `isKnown`: with one slip at most. */
type Match = { likeness: Float32Array; ids: number[]; weight: number; isKnown: boolean };

const PREFIX = 0.92;
const ONE_TYPO = 0.7;
const TWO_TYPOS = 0.5;
const FOLLOWS = 1.001;
/** Entries that are looked at closely after the rough ranking. */
const SHORTLIST = 48;
const MAX_TYPED_TOKENS = 24;
const MAX_TOKEN_LENGTH = 24;
const CACHED_MATCHES = 256;

const words = (text: string): string[] => text.split(/[^\p{L}\p{M}\p{N}]+/u).filter((word) => word !== '');

/** One spelling per word as written: "Hoà" and "Hòa" carry the same letters and marks. */
const writtenForm = (word: string): string => {
  const decomposed = word.normalize('NFD').toLowerCase();
  return decomposed.replace(/\p{M}/gu, '') + [...decomposed.replace(/\P{M}/gu, '')].sort().join('');
};

const digitsOf = (text: string): string => text.replace(/\D/gu, '');

export function createProcedureSearch(procedures: readonly Procedure[]): ProcedureSearch {
  const ids = new Map<string, number>();
  const writtenIds = new Map<string, number>();
  const postings: number[][] = [];

  const idIn = (map: Map<string, number>, key: string): number => {
    const known = map.get(key);
    if (known !== undefined) return known;
    map.set(key, map.size);
    return map.size - 1;
  };
  // A province's 30,000 words are some hundred different ones: each is folded once.
  const known = new Map<string, { id: number; writtenId: number }>();
  const idsOf = (word: string): { id: number; writtenId: number } => {
    const before = known.get(word);
    if (before !== undefined) return before;
    const made = { id: idIn(ids, fold(word)), writtenId: idIn(writtenIds, writtenForm(word)) };
    known.set(word, made);
    return made;
  };
  const phraseOf = (text: string, entry: number): Phrase => {
    const all = words(text).map(idsOf);
    for (const { id } of all) {
      const posting = (postings[id] ??= []);
      if (posting.at(-1) !== entry) posting.push(entry);
    }
    return { tokens: Int32Array.from(all, ({ id }) => id), written: Int32Array.from(all, ({ writtenId }) => writtenId) };
  };
  const entries = procedures.map((procedure, at): Entry => ({
    procedure,
    code: digitsOf(procedure.code),
    phrases: [procedure.name, ...procedure.alsoKnownAs].map((text) => phraseOf(text, at)),
  }));
  const dictionary = [...ids.keys()];
  const letters = dictionary.map(lettersOf);

  const matches = new Map<string, Match>();
  const rough = new Float32Array(entries.length);
  const best = new Float32Array(entries.length);

  function matchOf(token: string): Match {
    const cached = matches.get(token);
    if (cached !== undefined) return cached;
    if (matches.size >= CACHED_MATCHES) matches.clear();
    const likeness = new Float32Array(dictionary.length);
    const likely: number[] = [];
    const tolerated = token.length < 3 ? 0 : token.length < 6 ? 1 : 2;
    const typedLetters = lettersOf(token);
    let most = 0;
    let commonest = 0;
    dictionary.forEach((known, id) => {
      // One slip changes at most one letter that was typed into another: most of the dictionary is out at once.
      if (ones(typedLetters & ~(letters[id] ?? 0)) > tolerated) return;
      const value = likenessOf(token, known, tolerated);
      if (value === 0) return;
      likeness[id] = value;
      likely.push(id);
      const frequency = postings[id]?.length ?? 0;
      if (value > most) [most, commonest] = [value, frequency];
      else if (value === most) commonest = Math.max(commonest, frequency);
    });
    likely.sort((one, other) => (likeness[other] ?? 0) - (likeness[one] ?? 0));
    const match = { likeness, ids: likely, weight: Math.log(1 + entries.length / Math.max(1, commonest)), isKnown: most >= ONE_TYPO };
    matches.set(token, match);
    return match;
  }

  /** Mends a space left out ("khaisinh") or put in ("kh ai"), where only that makes words of the catalogue. */
  function respaced(typed: readonly string[]): string[] {
    const mended: string[] = [];
    for (let at = 0; at < typed.length; at++) {
      const word = typed[at] ?? '';
      const joined = word + (typed[at + 1] ?? '');
      if (at + 1 < typed.length && !ids.has(fold(word)) && ids.has(fold(joined))) {
        mended.push(joined);
        at++;
      } else mended.push(...(word.length < 4 || matchOf(fold(word)).isKnown ? [word] : (splitOf(word) ?? [word])));
    }
    return mended;
  }

  function splitOf(word: string): [string, string] | undefined {
    let found: [string, string] | undefined;
    let frequency = 0;
    for (let at = 2; at <= word.length - 2; at++) {
      const parts: [string, string] = [word.slice(0, at), word.slice(at)];
      const rarest = Math.min(...parts.map((part) => postings[ids.get(fold(part)) ?? -1]?.length ?? 0));
      if (rarest > frequency) [found, frequency] = [parts, rarest];
    }
    return found;
  }

  /** Sums, per entry, the best likeness each typed token finds in it. */
  function roughly(found: readonly Match[]): number[] {
    rough.fill(0);
    for (const match of found) {
      best.fill(0);
      for (const id of match.ids) {
        const value = (match.likeness[id] ?? 0) * match.weight;
        for (const entry of postings[id] ?? []) if (value > (best[entry] ?? 0)) best[entry] = value;
      }
      for (let entry = 0; entry < rough.length; entry++) rough[entry] = (rough[entry] ?? 0) + (best[entry] ?? 0);
    }
    return topOf(
      rough,
      found.reduce((sum, { weight }) => sum + weight, 0),
    );
  }

  /** 1 is a whole name typed exactly; how much of what was typed is found weighs most, then order, then how much of the name that is. */
  function closely({ phrases }: Entry, roughShare: number, found: readonly Match[], written: readonly number[], typedWeight: number): number {
    let score = 0;
    for (const { tokens, written: writtenTokens } of phrases) {
      let matched = 0;
      let inOrder = 0;
      let accents = 0;
      let covered = 0;
      let previous = -2;
      for (let at = 0; at < found.length; at++) {
        const match = found[at];
        if (match === undefined) continue;
        let value = 0;
        let place = -2;
        for (let position = 0; position < tokens.length; position++) {
          // Of equal likenesses the one that follows the word before: "cấp lại … cấp" must not be read crosswise.
          const likeness = match.likeness[tokens[position] ?? -1] ?? 0;
          const candidate = position === previous + 1 ? likeness * FOLLOWS : likeness;
          if (candidate > value) [value, place] = [candidate, position];
        }
        if (place < 0) {
          previous = -2;
          continue;
        }
        matched += Math.min(1, value) * match.weight;
        covered += Math.min(1, value);
        if (place === previous + 1) inOrder++;
        if (writtenTokens[place] === written[at]) accents++;
        previous = place;
      }
      const share = matched / typedWeight;
      const phraseScore =
        share * 0.7 +
        (Math.min(tokens.length, covered) / Math.max(1, tokens.length)) * 0.12 +
        (inOrder / Math.max(1, found.length - 1)) * 0.12 * share +
        (accents / found.length) * 0.06;
      if (phraseScore > score) score = phraseScore;
    }
    return Math.max(score, roughShare * 0.6);
  }

  function byCode(text: string): Map<number, number> | null {
    if (!/^[\d\s.]+$/u.test(text)) return null;
    const typed = digitsOf(text);
    const hits = new Map<number, number>();
    if (typed.length < 2) return hits;
    entries.forEach(({ code }, entry) => {
      const score = code.startsWith(typed)
        ? 2
        : code.slice(1).startsWith(typed)
          ? 1.8
          : code.includes(typed)
            ? 1.5
            : typed.length >= 6 && editDistance(typed, code, 1) <= 1
              ? 1.2
              : 0;
      if (score > 0) hits.set(entry, score);
    });
    return hits;
  }

  return {
    search(text, limit) {
      const scores = byCode(text.trim()) ?? new Map<number, number>();
      const typed = respaced(
        words(tidy(text))
          .slice(0, MAX_TYPED_TOKENS)
          .map((word) => word.slice(0, MAX_TOKEN_LENGTH)),
      );
      const found = typed.map((word) => matchOf(fold(word)));
      const typedWeight = found.reduce((sum, { weight }) => sum + weight, 0);
      if (typedWeight > 0) {
        // Who types no diacritics at all means nothing by leaving them out of one word.
        const isAccented = /\p{M}|đ/iu.test(text.normalize('NFD'));
        const written = typed.map((word) => (isAccented ? (writtenIds.get(writtenForm(word)) ?? -1) : -1));
        for (const at of roughly(found)) {
          const entry = entries[at];
          const score = entry === undefined ? 0 : closely(entry, (rough[at] ?? 0) / typedWeight, found, written, typedWeight);
          if (score > (scores.get(at) ?? 0)) scores.set(at, score);
        }
      }
      return [...scores]
        .sort(([one, oneScore], [other, otherScore]) => otherScore - oneScore || one - other)
        .slice(0, limit)
        .flatMap(([at, score]) => (entries[at] === undefined ? [] : [{ procedure: entries[at].procedure, score }]));
    },
  };
}

function likenessOf(typed: string, known: string, tolerated: number): number {
  if (typed === known) return 1;
  if (known.startsWith(typed)) return PREFIX;
  if (tolerated === 0) return 0;
  const distance = editDistance(typed, known, tolerated);
  if (distance <= tolerated) return distance === 1 ? ONE_TYPO : TWO_TYPOS;
  // A typo in a word that is not finished yet.
  return known.length > typed.length && typed.length >= 4 && editDistance(typed, known.slice(0, typed.length), 1) <= 1 ? TWO_TYPOS : 0;
}

/** Which letters a word holds, one bit each; other signs share a bit. */
function lettersOf(word: string): number {
  let bits = 0;
  for (let at = 0; at < word.length; at++) {
    const letter = word.charCodeAt(at) - 97;
    bits |= 1 << (letter >= 0 && letter < 26 ? letter : 26);
  }
  return bits;
}

function ones(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count++;
  return count;
}

const BUCKETS = 64;

/** Positions of the `SHORTLIST` highest values above zero, and some of those about as high as the last of them; `most` is the highest possible. */
function topOf(values: Float32Array, most: number): number[] {
  const counts = new Uint32Array(BUCKETS + 1);
  const bucketOf = (value: number): number => Math.min(BUCKETS, Math.floor((value / most) * BUCKETS));
  for (const value of values) if (value > 0) counts[bucketOf(value)] = (counts[bucketOf(value)] ?? 0) + 1;
  let lowest = BUCKETS;
  for (let above = counts[lowest] ?? 0; above < SHORTLIST && lowest > 0; above += counts[lowest] ?? 0) lowest--;
  const above: number[] = [];
  const level: number[] = [];
  values.forEach((value, at) => {
    if (value <= 0) return;
    const bucket = bucketOf(value);
    if (bucket > lowest) above.push(at);
    else if (bucket === lowest && level.length < 4 * SHORTLIST) level.push(at);
  });
  return [...above, ...level];
}
