import { describe, expect, it } from 'vitest';
import en from '../locales/en/papers.json';
import vi from '../locales/vi/papers.json';

/** `key: {{placeholders}}` of every text. */
const shape = (words: object, path = ''): string[] =>
  Object.entries(words).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'string' ? [`${path}${key}: ${(value.match(/\{\{\w+\}\}/gu) ?? []).sort().join()}`] : shape(value as object, `${path}${key}.`),
  );

describe('words of papers', () => {
  it('are the same in both languages', () => {
    expect(shape(en).sort()).toEqual(shape(vi).sort());
  });
});
