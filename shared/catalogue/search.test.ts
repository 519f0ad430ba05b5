import { describe, expect, it } from 'vitest';
import { makeProcedures, seededRandom } from '../../tests/fixtures/procedures.ts';
import { bundledCatalogue } from './bundled.ts';
import type { Procedure } from './catalogue.ts';
import { fold } from '../lib/fold.ts';
import { createProcedureSearch } from './search.ts';

const shipped = bundledCatalogue().procedures;
const shippedCodes = new Set(shipped.map(({ code }) => code));
const all = [...shipped, ...makeProcedures(2308 - shipped.length + 20).filter(({ code }) => !shippedCodes.has(code))].slice(0, 2308);
const { search } = createProcedureSearch(all);

const random = seededRandom(7);
const pick = (length: number) => Math.floor(random() * length);
const letters = 'abcdeghiklmnopqrstuvxy';

/** One slip as fingers make them, in a word of three letters or more. */
function slip(text: string): string {
  const words = text.split(' ');
  const long = words.map((word, at) => (word.length >= 3 ? at : -1)).filter((at) => at >= 0);
  const at = long[pick(long.length)] ?? 0;
  const word = words[at] ?? '';
  const place = pick(word.length - 1);
  const letter = letters[pick(letters.length)] ?? 'a';
  const slips = [
    word.slice(0, place) + word.slice(place + 1),
    word.slice(0, place) + letter + word.slice(place),
    word.slice(0, place) + letter + word.slice(place + 1),
    word.slice(0, place) + (word[place + 1] ?? '') + (word[place] ?? '') + word.slice(place + 2),
  ];
  words[at] = slips[pick(slips.length)] ?? word;
  return words.join(' ');
}
const shuffled = (text: string) =>
  text
    .split(' ')
    .map((word) => ({ word, rank: random() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ word }) => word)
    .join(' ');

const ways: Array<[string, (procedure: Procedure) => string | undefined]> = [
  ['the name as written', ({ name }) => name],
  ['in NFD', ({ name }) => name.normalize('NFD')],
  ['without diacritics', ({ name }) => fold(name)],
  ['in capitals', ({ name }) => name.toUpperCase()],
  ['with a typo', ({ name }) => slip(name)],
  ['without diacritics and with a typo', ({ name }) => slip(fold(name))],
  ['without diacritics and with two typos', ({ name }) => slip(slip(fold(name)))],
  ['with its words in another order', ({ name }) => shuffled(name)],
  ['in another order, without diacritics, with a typo', ({ name }) => slip(shuffled(fold(name)))],
  ['with its last word not finished', ({ name }) => fold(name).slice(0, -2)],
  ['by code', ({ code }) => code],
  ['by the beginning of its code', ({ code }) => code.slice(0, -1)],
  ['by the digits of its code', ({ code }) => code.slice(2)],
  ['in everyday words', ({ alsoKnownAs }) => alsoKnownAs[0]],
  ['in everyday words without diacritics', ({ alsoKnownAs }) => alsoKnownAs[0] && fold(alsoKnownAs[0])],
  [
    'in everyday words with a typo',
    ({ alsoKnownAs }) =>
      alsoKnownAs
        .map(fold)
        .find((words) => words.split(' ').some((word) => word.length >= 4))
        ?.replace(/\S{4,}/u, (word) => slip(word)),
  ],
];

describe('search over 2,308 procedures', () => {
  it('has that many to search', () => expect(new Set(all.map(({ code }) => code)).size).toBe(2308));

  it.each(ways)('finds them %s', (_way, queryOf) => {
    let asked = 0;
    const missed: string[] = [];
    for (const procedure of all.filter((_, at) => at < shipped.length || at % 3 === 0)) {
      const query = queryOf(procedure);
      if (query === undefined) continue;
      asked++;
      if (!search(query, 5).some((hit) => hit.procedure === procedure)) missed.push(`${query} → ${procedure.name}`);
    }
    expect(asked).toBeGreaterThan(30);
    expect(missed.length / asked, missed.slice(0, 5).join('\n')).toBeLessThanOrEqual(0.01);
  });

  it.each([
    ['giấy khai sinh', '1.001193'],
    ['giay khai sinh', '1.001193'],
    ['khai sinh', '1.001193'],
    ['khaisinh', '1.001193'],
    ['dang ky ket hon', '1.000894'],
    ['ket hon', '1.000894'],
    ['sao y', '2.000815'],
    ['cong chung ban sao', '2.000815'],
    ['hoa giai dat dai', '1.012812'],
    ['1.001193', '1.001193'],
    ['001193', '1.001193'],
    ['1001193', '1.001193'],
  ])('“%s” brings up %s', (text, code) => {
    expect(search(text, 5).map(({ procedure }) => procedure.code)).toContain(code);
  });

  it('brings up a land procedure for "sổ đỏ", as written or not', () => {
    for (const text of ['sổ đỏ', 'so do', 'SỔ ĐỎ'])
      expect(search(text, 5).every(({ procedure }) => procedure.field === 'land' || procedure.field === 'dat-dai')).toBe(true);
  });

  it('puts the name typed exactly first', () => {
    const asked = all.filter((_, at) => at % 5 === 0);
    const first = asked.filter(({ name }) => search(name, 1)[0]?.procedure.name === name);
    expect(first.length / asked.length).toBeGreaterThanOrEqual(0.99);
  });

  it.each(['', '   ', '!!!', '\u0000', '💥', 'zzzzzzzz qqqqqqq', '(((('])('is not upset by %j', (text) => {
    const hits = search(text, 5);
    expect(hits.length).toBeLessThanOrEqual(5);
  });

  it.each(['.', 'a ', 'x', '1', 'khai sinh '])('is not held up by a hundred thousand times %j', (part) => {
    const startMs = performance.now();
    expect(search(part.repeat(100_000), 5).length).toBeLessThanOrEqual(5);
    expect(performance.now() - startMs).toBeLessThan(1000);
  });

  it('answers the same however it was reached', () => {
    const fresh = createProcedureSearch(all).search('cap lai giay phep lai xe', 10);
    for (const part of ['c', 'ca', 'cap', 'cap lai', 'cap lai giay']) search(part, 10);
    expect(search('cap lai giay phep lai xe', 10).map(({ procedure }) => procedure.code)).toEqual(fresh.map(({ procedure }) => procedure.code));
  });

  it('works on nothing', () => expect(createProcedureSearch([]).search('khai sinh', 5)).toEqual([]));

  it('takes less than a millisecond of processor time a key, so that the answer is in the same frame', () => {
    const typed = all.filter((_, at) => at % 46 === 0).map(({ name }) => fold(name).slice(0, 40));
    const measured = createProcedureSearch(all);
    for (const text of typed.slice(0, 10)) for (let end = 1; end <= text.length; end++) measured.search(text.slice(0, end), 8);
    let keys = 0;
    // Processor time: other work on the machine is not this code's.
    const before = process.cpuUsage();
    for (const text of typed) for (let end = 1; end <= text.length; end++, keys++) measured.search(text.slice(0, end), 8);
    const used = process.cpuUsage(before);
    expect((used.user + used.system) / 1000 / keys).toBeLessThan(1);
  });
});
