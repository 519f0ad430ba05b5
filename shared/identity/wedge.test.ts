import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWedgeDetector } from './wedge.ts';

const settings = { maxGapMs: 40, minLength: 20 };
const card = '001204012345||Nguyễn Thị Tiên|05032004|Nữ|Hà Nội|12072021';

/** Feeds keys a fixed time apart and returns the texts recognised. */
function scans(keys: string[], gapMs: number | ((index: number) => number), detector = createWedgeDetector(settings)): string[] {
  let atMs = 1000;
  return keys.flatMap((key, index) => {
    atMs += typeof gapMs === 'number' ? gapMs : gapMs(index);
    const event = detector.feed(key, atMs);
    return event.kind === 'scan' ? [event.text] : [];
  });
}
const typed = (text: string) => [...Array.from(text), 'Enter'];

describe('createWedgeDetector', () => {
  it('recognises a fast burst that ends in Enter', () => expect(scans(typed(card), 3)).toEqual([card]));
  it('keeps letters that come with their marks apart (NFD)', () => {
    expect(scans(typed(card.normalize('NFD')), 3).map((text) => text.normalize('NFC'))).toEqual([card]);
  });
  it('is not disturbed by the Shift of capital letters', () => {
    const keys = typed(card).flatMap((key) => (/^\p{Lu}$/u.test(key) ? ['Shift', key] : [key]));
    expect(scans(keys, 3)).toEqual([card]);
  });
  it('leaves a person typing alone, even a fast one', () => expect(scans(typed(card), 60)).toEqual([]));
  it('needs no less than the shortest length', () => {
    expect(scans(typed('1'.repeat(19)), 3)).toEqual([]);
    expect(scans(typed('1'.repeat(20)), 3)).toEqual(['1'.repeat(20)]);
  });
  it('takes only the burst when somebody typed just before', () => {
    const keys = ['a', 'b', 'c', ...typed(card)];
    expect(scans(keys, (index) => (index <= 3 ? 200 : 3))).toEqual([card]);
  });
  it('gives up at a pause, at a key that edits, and at an Enter that comes late', () => {
    expect(scans(typed(card), (index) => (index === 30 ? 41 : 3)).map((text) => text.length)).toEqual([Array.from(card).length - 30]);
    expect(scans(typed(card), (index) => (index === card.length - 10 ? 41 : 3))).toEqual([]);
    expect(scans([...Array.from(card), 'Backspace', 'Enter'], 3)).toEqual([]);
    expect(scans(typed(card), (index) => (index === Array.from(card).length ? 500 : 3))).toEqual([]);
  });
  it('reads one card after another', () => expect(scans([...typed(card), ...typed(card)], 3)).toEqual([card, card]));
  it('starts anew when the clock jumps back', () => {
    const detector = createWedgeDetector(settings);
    for (const key of card) detector.feed(key, 5000);
    expect(detector.feed('Enter', 1)).toEqual({ kind: 'typing' });
  });
  it('holds no more than a scan can be long', () => {
    const [text, ...rest] = scans(typed('1'.repeat(100_000)), 0);
    expect(rest).toEqual([]);
    expect((text ?? '').length).toBeLessThanOrEqual(4000);
  });
  it('says when a burst may begin, so that the screen can put the field back', () => {
    const detector = createWedgeDetector(settings);
    expect(detector.feed('0', 100)).toEqual({ kind: 'may-begin' });
    expect(detector.feed('0', 103)).toEqual({ kind: 'typing' });
    expect(detector.feed('1', 200)).toEqual({ kind: 'may-begin' });
    expect(detector.feed('Enter', 203)).toEqual({ kind: 'typing' });
  });

  it('never takes keys slower than the gap for a scan, whatever they are', () => {
    const key = fc.oneof(fc.string({ minLength: 1, maxLength: 1 }), fc.constantFrom('Enter', 'Shift', 'Tab', 'Backspace', 'ễ'));
    fc.assert(fc.property(fc.array(key, { maxLength: 200 }), fc.integer({ min: 41, max: 400 }), (keys, gap) => scans(keys, gap).length === 0));
  });
  it('gives back exactly what was scanned, after anything typed', () => {
    const text = fc.stringMatching(/^[0-9a-zA-ZăêôƠữ| ,-]{20,120}$/u);
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1, maxLength: 1 }), { maxLength: 30 }), text, fc.integer({ min: 0, max: 40 }), (before, scanned, gap) => {
        expect(scans([...before, ...typed(scanned)], (index) => (index <= before.length ? 90 : gap))).toEqual([scanned]);
      }),
    );
  });
});
