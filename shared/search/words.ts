/** Which words a dossier is found by, which of their beginnings are indexed, and whether a dossier answers a query. */
import type { Dossier } from '../dossiers/dossier.ts';
import { fold } from '../lib/fold.ts';

/**
 * Beginnings of these lengths are indexed. A query of another length looks up the next shorter one and checks the rest on the
 * rows: Vietnamese syllables are not longer than 7 letters, and past 8 digits few people share the beginning of a number.
 */
const INDEXED_LENGTHS = [1, 2, 3, 4, 5, 6, 7, 8, 12, 18, 24] as const;
const MAX_WORDS = 8;

/** Few owe papers among many of a name: found as a word, not by reading all of the name. */
export const OWING_WORD = '#owing';

type Told = Pick<Dossier, 'code' | 'formerCodes' | 'applicant' | 'submitter' | 'papers'>;

export function wordsOf({ code, formerCodes = [], applicant, submitter, papers }: Told): string[] {
  const words = [
    // Also the order number alone, as it is called out at the counter; and a citizen may come with a paper that has a former code.
    ...[code, ...formerCodes].map(fold).flatMap((one) => [one, one.slice(one.lastIndexOf('-') + 1)]),
    ...fold(applicant.fullName).split(/\s+/u),
    (applicant.kind === 'person' ? applicant.idNumber : applicant.taxCode) ?? '',
    digitsOf(applicant.phone),
    ...fold(submitter?.fullName ?? '').split(/\s+/u),
    submitter?.idNumber ?? '',
    digitsOf(submitter?.phone),
    papers.some(({ state }) => state === 'owed') ? OWING_WORD : '',
  ];
  return [...new Set(words.filter((word) => word !== ''))];
}

const digitsOf = (phone: string | undefined): string => (phone ?? '').replace(/\D/gu, '');

/** Every beginning of the words under which a dossier is filed. */
export function filedUnder(words: readonly string[]): Set<string> {
  const beginnings = new Set<string>();
  for (const word of words) for (const length of INDEXED_LENGTHS) if (length <= word.length) beginnings.add(word.slice(0, length));
  return beginnings;
}

/** The longest indexed beginning of a word that someone typed. */
export const lookUpAs = (word: string): string => word.slice(0, INDEXED_LENGTHS.findLast((length) => length <= word.length) ?? 0);

/** Words to look for. A number typed in groups (`0912 345 678`) is one word, as it is in the index. */
export function queryWords(text: string): string[] {
  const folded = fold(text).trim();
  if (/^[\d\s.+]+$/u.test(folded)) return [folded.replace(/\D/gu, '')].filter((word) => word !== '');
  return [...new Set(folded.split(/\s+/u).filter((word) => word !== ''))].slice(0, MAX_WORDS);
}

/** Each word of the query begins some word of the dossier; order does not matter. */
export const answers = (words: readonly string[], query: readonly string[]): boolean => query.every((wanted) => words.some((word) => word.startsWith(wanted)));
