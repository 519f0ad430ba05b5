import { describe, expect, it } from 'vitest';
import { confirmedAt, forgetBehind, forgetOlder, markBefore, noteMark, type Mark } from './marks.ts';
import { DAY_MS } from '../lib/time.ts';

const mark = (day: number, seq: number, open: string[] = []): Mark => ({ atMs: day * DAY_MS, seq, open });

describe('marks of confirmation', () => {
  it('are one a day, however often the province is met', () => {
    const first = noteMark([], mark(1, 10));
    expect(noteMark(first, { ...mark(1, 12), atMs: DAY_MS + 3_600_000 })).toBe(first);
    expect(noteMark(first, mark(2, 20))).toHaveLength(2);
  });

  it('ignore a province whose time went back', () => {
    const marks = [mark(5, 10)];
    expect(noteMark(marks, mark(3, 20))).toBe(marks);
  });

  it('say when a dossier was first seen confirmed, and nothing of one that is not', () => {
    const marks = [mark(1, 10, ['late']), mark(2, 20, ['late', 'never']), mark(3, 30, ['never'])];
    expect(confirmedAt(marks, { seq: 9, dossierId: 'a' })).toBe(DAY_MS);
    expect(confirmedAt(marks, { seq: 10, dossierId: 'late' })).toBe(3 * DAY_MS);
    expect(confirmedAt(marks, { seq: 12, dossierId: 'never' })).toBeUndefined();
    expect(confirmedAt(marks, { seq: 31, dossierId: 'b' })).toBeUndefined();
  });

  it('count anew what a province restored from its backup has lost', () => {
    const marks = forgetBehind([mark(1, 10), mark(2, 20), mark(3, 30)], 12);
    expect(confirmedAt(marks, { seq: 9, dossierId: 'a' })).toBe(DAY_MS);
    expect(confirmedAt(marks, { seq: 12, dossierId: 'a' })).toBe(2 * DAY_MS);
    expect(confirmedAt(marks, { seq: 13, dossierId: 'a' })).toBeUndefined();
    expect(confirmedAt(noteMark(marks, mark(9, 30)), { seq: 13, dossierId: 'a' })).toBe(9 * DAY_MS);
  });

  it('stay few without forgetting what they said of the time that counts', () => {
    const marks = Array.from({ length: 500 }, (_, day) => mark(day, day * 10));
    const kept = forgetOlder(marks, 400 * DAY_MS);
    expect(kept).toHaveLength(100);
    expect(markBefore(kept, 400 * DAY_MS)).toEqual(mark(400, 4000));
    expect(confirmedAt(kept, { seq: 50, dossierId: 'a' })).toBe(400 * DAY_MS);
  });
});
