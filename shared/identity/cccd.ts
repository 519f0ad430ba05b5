/** What the QR code of a citizen's card (thẻ CCCD) says: seven fields joined by `|`, as a keyboard-wedge scanner types them. */
import { dateOf } from '../calendar/dates.ts';
import type { Person } from '../dossiers/dossier.ts';
import { fold, tidy } from '../lib/fold.ts';
import { fail, ok, type Failure, type Result } from '../lib/result.ts';

export type CccdCard = Pick<Person, 'idNumber' | 'oldIdNumber' | 'dateOfBirth' | 'sex' | 'residence' | 'idIssuedOn'> & { fullName?: string };
export type CccdField = keyof CccdCard;

/** A field that could not be read is left out of the card and shown as it came; `mangled` alone is kept, to be corrected. */
export type CccdProblem = {
  field: CccdField;
  kind: 'missing' | 'not-12-digits' | 'not-9-or-12-digits' | 'no-such-date' | 'unknown-sex' | 'too-long' | 'mangled';
  value: string;
};

/** Fields that are each right but do not go together; the officer looks at the card. */
export type CccdWarning = 'unknown-province' | 'sex-differs-from-number' | 'birth-year-differs-from-number' | 'issued-before-birth';

export type CccdReading = { card: CccdCard; problems: CccdProblem[]; warnings: CccdWarning[] };
export type CccdFailure = Failure<'not-a-card' | 'too-long' | 'control-characters'>;

const MAX_LENGTH = 2000;
const MAX_NAME = 200;
const MAX_RESIDENCE = 500;
/** Six separators make seven fields; a card with its last field cut off is still read, with that field missing. */
const MIN_SEPARATORS = 5;

/** C0 controls, and the marks that reorder or hide text: no card holds them and a form must not. */
const forbidden = /[\u0000-\u001F\u007F\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/u;

/** Only what a scanner adds: a no-break space at the end may be half of a mangled letter. */
const trimmed = (text: string): string => text.replace(/^[\uFEFF \t\r\n]*(\][A-Za-z]\d)?|[ \t\r\n]+$/gu, '');

/** Cheap enough to ask at every burst of keys. */
export function looksLikeCccd(text: string): boolean {
  if (text.length > MAX_LENGTH) return false;
  const fields = trimmed(text).split('|');
  return fields.length > MIN_SEPARATORS && (/^\s*\d{9,13}\s*$/u.test(fields[0] ?? '') || /^\s*\d{8}\s*$/u.test(fields[3] ?? ''));
}

/** Fields beyond the seventh are ignored: newer cards append some. */
export function parseCccdQr(text: string): Result<CccdReading, CccdFailure> {
  if (text.length > MAX_LENGTH) return fail('too-long', { length: text.length });
  if (!looksLikeCccd(text)) return fail('not-a-card');
  if (forbidden.test(trimmed(text))) return fail('control-characters');

  const fields = unmangle(trimmed(text)).split('|').map(tidy);
  const [idNumber = '', oldIdNumber = '', fullName = '', birth = '', sex = '', residence = '', issued = ''] = fields;
  const card: CccdCard = {};
  const problems: CccdProblem[] = [];
  const problem = (field: CccdField, kind: CccdProblem['kind'], value: string) => void problems.push({ field, kind, value: value.slice(0, MAX_RESIDENCE) });

  if (/^\d{12}$/u.test(idNumber)) card.idNumber = idNumber;
  else problem('idNumber', idNumber === '' ? 'missing' : 'not-12-digits', idNumber);

  if (/^(\d{9}|\d{12})$/u.test(oldIdNumber)) card.oldIdNumber = oldIdNumber;
  else if (oldIdNumber !== '') problem('oldIdNumber', 'not-9-or-12-digits', oldIdNumber);

  const readText = (field: 'fullName' | 'residence', value: string, max: number) => {
    if (value === '') return problem(field, 'missing', value);
    if (value.length > max) return problem(field, 'too-long', value);
    if (isMangled(value)) problem(field, 'mangled', value);
    card[field] = value.replace(/\p{Cc}/gu, '?');
  };
  const readDate = (field: 'dateOfBirth' | 'idIssuedOn', value: string) => {
    const date = /^\d{8}$/u.test(value) ? dateOf(Number(value.slice(4)), Number(value.slice(2, 4)), Number(value.slice(0, 2))) : null;
    if (date !== null) card[field] = date;
    else problem(field, value === '' ? 'missing' : 'no-such-date', value);
  };

  readText('fullName', fullName, MAX_NAME);
  readDate('dateOfBirth', birth);
  const readSex = sexOf(sex);
  if (readSex !== null) card.sex = readSex;
  else problem('sex', sex === '' ? 'missing' : 'unknown-sex', sex);
  readText('residence', residence, MAX_RESIDENCE);
  readDate('idIssuedOn', issued);

  return ok({ card, problems, warnings: warningsOf(card) });
}

/** "Nam" is plain ASCII and cannot come mangled, so an N with anything unreadable behind it was "Nữ". */
function sexOf(value: string): Person['sex'] | null {
  const folded = fold(value);
  if (folded === 'nam') return 'male';
  if (folded === 'nu' || /^n([^a-z]|u[^a-z]){1,4}$/u.test(folded)) return 'female';
  return null;
}

/** Marks a lossy code page leaves behind; a lost diacritic becomes `?` inside a word. */
const isMangled = (value: string): boolean => /[\uFFFD\u0080-\u009F]|\p{L}\?|\?\p{L}|[ÃÄÆáº»]\S?[\u00A0-\u00BF]|á[º»]/u.test(value);

/** Windows-1252 gives these bytes other characters than Latin-1 does. */
const windows1252: Record<string, number> = {
  '€': 0x80,
  '‚': 0x82,
  ƒ: 0x83,
  '„': 0x84,
  '…': 0x85,
  '†': 0x86,
  '‡': 0x87,
  ˆ: 0x88,
  '‰': 0x89,
  Š: 0x8a,
  '‹': 0x8b,
  Œ: 0x8c,
  Ž: 0x8e,
  '‘': 0x91,
  '’': 0x92,
  '“': 0x93,
  '”': 0x94,
  '•': 0x95,
  '–': 0x96,
  '—': 0x97,
  '˜': 0x98,
  '™': 0x99,
  š: 0x9a,
  '›': 0x9b,
  œ: 0x9c,
  ž: 0x9e,
  Ÿ: 0x9f,
};

/** Mends UTF-8 that a scanner typed byte by byte as Windows-1252 or Latin-1; anything else comes back untouched. */
function unmangle(text: string): string {
  const bytes = Array.from(text, (character) => windows1252[character] ?? character.codePointAt(0) ?? 0);
  if (bytes.every((byte) => byte < 0x80) || bytes.some((byte) => byte > 0xff)) return text;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes));
  } catch {
    return text;
  }
}

/**
 * Provinces as numbered before the mergers of 2025 (Thông tư 59/2021/TT-BCA): numbers are for life. From 100 on the code
 * is a country of birth.
 */
const provinces = new Set(
  '001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 036 037 038 040 042 044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 074 075 077 079 080 082 083 084 086 087 089 091 092 093 094 095 096'.split(
    ' ',
  ),
);

/** The structure of the number: province (3), century and sex (1), year of birth (2), random (6) (Nghị định 137/2015/NĐ-CP art. 13). */
function warningsOf({ idNumber, sex, dateOfBirth, idIssuedOn }: CccdCard): CccdWarning[] {
  const warnings: CccdWarning[] = [];
  if (idNumber !== undefined) {
    const province = idNumber.slice(0, 3);
    const centuryAndSex = Number(idNumber[3]);
    const birthYear = 1900 + Math.floor(centuryAndSex / 2) * 100 + Number(idNumber.slice(4, 6));
    if (province < '100' && !provinces.has(province)) warnings.push('unknown-province');
    if (sex !== undefined && (centuryAndSex % 2 === 0) !== (sex === 'male')) warnings.push('sex-differs-from-number');
    if (dateOfBirth !== undefined && Number(dateOfBirth.slice(0, 4)) !== birthYear) warnings.push('birth-year-differs-from-number');
  }
  if (dateOfBirth !== undefined && idIssuedOn !== undefined && idIssuedOn < dateOfBirth) warnings.push('issued-before-birth');
  return warnings;
}

/** The same checks for a number that was typed by hand. */
export const idNumberWarnings = (person: Pick<CccdCard, 'idNumber' | 'sex' | 'dateOfBirth'>): CccdWarning[] =>
  warningsOf({ ...person, idNumber: /^\d{12}$/u.test(person.idNumber ?? '') ? person.idNumber : undefined });
