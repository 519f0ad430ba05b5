import { describe, expect, it } from 'vitest';
import type { WireEntry } from '../../shared/sync/protocol.ts';
import { sentTexts } from './sent-texts.ts';

const entryOf = (seq: number, operation: unknown): WireEntry => ({
  ...{ seq, atMs: 1, monotonicMs: 1.5, previousHash: '0'.repeat(64), hash: '1'.repeat(64) },
  ...{ operationId: `0000000${seq}-0000-7000-8000-000000000000`, operatorId: 'lan', operation },
});

const textsIn = (entries: WireEntry[], plain: string): Array<string | undefined> => {
  const find = sentTexts(Buffer.from(plain), entries);
  return entries.map((entry) => find(entry)?.toString('utf8'));
};

const isJson = (text: string | undefined): boolean => {
  try {
    JSON.parse(text ?? '');
    return true;
  } catch {
    return false;
  }
};

describe('the texts of operations in a request', () => {
  const operations = [{ type: 'a', name: 'Đặng "Thị" Hường' }, { type: 'b', list: [{ seq: 1 }, { seq: 9 }], '},{"seq":5,': '"operation":' }, null];
  const entries = operations.map((operation, at) => entryOf(at + 3, operation));
  const nothing = [undefined, undefined, undefined];

  it('are found as a counter writes them', () => {
    const texts = operations.map((operation) => JSON.stringify(operation));
    expect(textsIn(entries, JSON.stringify({ journalId: 'j', entries }))).toEqual(texts);
    expect(textsIn(entries, JSON.stringify({ journalId: 'j', receipt: { epoch: 1 }, entries }))).toEqual(texts);
  });

  it('are not looked for where somebody writes otherwise', () => {
    expect(textsIn(entries, JSON.stringify({ entries, journalId: 'j' }))).toEqual(nothing);
    expect(textsIn(entries, JSON.stringify({ journalId: 'j', entries }, undefined, 1))).toEqual(nothing);
    expect(textsIn(entries, JSON.stringify({ journalId: 'j', entries: entries.map((entry) => ({ more: 1, ...entry })) }))).toEqual(nothing);
    expect(textsIn(entries, '')).toEqual(nothing);
  });

  it('are never JSON of something else than what a reader of the request takes for the operation', () => {
    const [read, hidden] = [JSON.stringify({ read: true }), JSON.stringify({ hidden: true })];
    const before = JSON.stringify(entryOf(3, 0)).slice(0, -2);
    for (const plain of [
      // The name twice: the last one counts.
      `{"journalId":"j","entries":[${before}${hidden},"operation":${read}}]}`,
      `{"journalId":"j","entries":[${before}${hidden}}],"entries":[${before}${read}}]}`,
      `{"journalId":"j","other":[${before}${hidden}}],"entries":[${before}${read}}]}`,
      `{"other":{"journalId":"j","entries":[${before}${hidden}}]},"entries":[${before}${read}}]}`,
      `{"journalId":"j","entries":[${before}${hidden}}],"entries":[{"other":[${before}${read}}]}`.replace('{"other":[', ''),
    ]) {
      const [entry] = (JSON.parse(plain) as { entries: WireEntry[] }).entries;
      const [text] = textsIn([entry as WireEntry], plain);
      if (isJson(text)) expect(JSON.parse(text ?? '')).toEqual({ read: true });
    }
  });

  it('end too early at what looks like the next entry, and are no JSON then', () => {
    const tricky = [entryOf(3, { list: [{ a: 1 }, { seq: 4, b: 1 }] }), entryOf(4, { c: 1 })];
    const texts = textsIn(tricky, JSON.stringify({ journalId: 'j', entries: tricky }));
    expect(texts.some((text, at) => isJson(text) && text !== JSON.stringify(tricky[at]?.operation))).toBe(false);
  });
});
