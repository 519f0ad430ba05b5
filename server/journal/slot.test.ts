import { describe, expect, it } from 'vitest';
import { slotOf } from './slot.ts';

const head = { seq: 2, hash: 'b' };
const good = (hash: string) => ({ hash, wrongHash: false });
const bad = (hash: string) => ({ hash, wrongHash: true });

describe('the place of an entry', () => {
  it('opens a journal from genesis only', () => {
    const empty = { seq: 0, hash: '0' };
    expect(slotOf({ seq: 1, previousHash: '0', hash: 'a' }, empty, undefined, undefined, '0')).toBe('next');
    expect(slotOf({ seq: 1, previousHash: 'x', hash: 'a' }, empty, undefined, undefined, '0')).toBe('forked');
  });
  it('extends the head', () => expect(slotOf({ seq: 3, previousHash: 'b', hash: 'c' }, head, undefined, good('b'), '0')).toBe('next'));
  it('sees a fork behind the head', () => expect(slotOf({ seq: 3, previousHash: 'z', hash: 'c' }, head, undefined, good('b'), '0')).toBe('forked'));
  it('knows what it has', () => expect(slotOf({ seq: 2, previousHash: 'a', hash: 'b' }, head, good('b'), good('a'), '0')).toBe('known'));
  it('sees another entry in a taken place', () => expect(slotOf({ seq: 2, previousHash: 'a', hash: 'q' }, head, good('b'), good('a'), '0')).toBe('forked'));
  it('waits when entries are missing', () => expect(slotOf({ seq: 4, previousHash: 'c', hash: 'd' }, head, undefined, undefined, '0')).toBe('gap'));
  it('lets the true entry replace a damaged one', () =>
    expect(slotOf({ seq: 2, previousHash: 'a', hash: 'b' }, head, bad('x'), good('a'), '0')).toBe('repair'));
  it('goes on after a damaged one', () => expect(slotOf({ seq: 3, previousHash: 'true', hash: 'c' }, head, undefined, bad('b'), '0')).toBe('next'));
});
