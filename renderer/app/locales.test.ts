import { describe, expect, it } from 'vitest';

const files = import.meta.glob<Record<string, unknown>>('../../shared/locales/*/*.json', { eager: true, import: 'default' });
const namespaces = [...new Set(Object.keys(files).map((path) => path.split('/').at(-1) ?? ''))];
const wordsIn = (language: string, file: string) => files[`../../shared/locales/${language}/${file}`] ?? {};

const keysOf = (words: Record<string, unknown>, under = ''): string[] =>
  Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'string' ? [`${under}${key}`] : keysOf(value as Record<string, unknown>, `${under}${key}.`),
  );
const holes = (text: string): string[] => [...text.matchAll(/\{\{\s*(\w+)/gu)].map(([, name]) => name ?? '').sort();
const at = (words: Record<string, unknown>, key: string): string =>
  String(key.split('.').reduce<unknown>((node, step) => (node as Record<string, unknown>)[step], words));

describe.each(namespaces)('words of %s', (file) => {
  const vi = wordsIn('vi', file);
  const en = wordsIn('en', file);

  it('exist in both languages', () => {
    expect(keysOf(en).sort()).toEqual(keysOf(vi).sort());
  });

  it('are filled with the same values', () => {
    const different = keysOf(vi).filter((key) => holes(at(vi, key)).join() !== holes(at(en, key)).join());
    expect(different).toEqual([]);
  });
});
