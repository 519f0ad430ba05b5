import { describe, expect, it } from 'vitest';
import { aDossier, aLandDossier } from '../../tests/fixtures/dossiers.ts';
import { answers, filedUnder, lookUpAs, queryWords, wordsOf } from './words.ts';

describe('the words of a dossier', () => {
  it('are found by code, order number, name, ID number, phone, and those of the submitter, without diacritics', () => {
    const words = wordsOf(aDossier());
    for (const text of ['H36.12-261123-0403', '0403', 'nguyen thi', 'Hường Nguyễn', 'hu', '004190001234', '00419', '0912 345 678', '0912345'])
      expect([text, answers(words, queryWords(text))]).toEqual([text, true]);
    for (const text of ['0404', 'nguyen van', 'uong', '004190001235', '0912 345 679']) expect([text, answers(words, queryWords(text))]).toEqual([text, false]);
    const land = wordsOf(aLandDossier());
    for (const text of ['4800123456', 'be thuc quyen', '004085009876', '0987654321']) expect([text, answers(land, queryWords(text))]).toEqual([text, true]);
  });

  it('stand in the index under the beginning that a query of any length looks up', () => {
    const words = wordsOf(aLandDossier());
    const filed = filedUnder(words);
    for (const word of words) for (let length = 1; length <= word.length; length++) expect(filed.has(lookUpAs(word.slice(0, length)))).toBe(true);
  });

  it('says nothing for a query without words', () => {
    expect([queryWords('  '), queryWords(' . ')]).toEqual([[], []]);
  });
});
