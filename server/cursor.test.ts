import { describe, expect, it } from 'vitest';
import { cursorOf, positionIn } from './cursor.ts';

describe('cursor of the publications', () => {
  it('says where a counter stands, in the same life only', () => {
    const cursor = cursorOf({ epoch: 29_700_000, position: 12 });
    expect(positionIn(29_700_000, cursor)).toBe(12);
    expect(positionIn(29_700_001, cursor)).toBe(0);
  });
  it('begins at the beginning with what is not ours', () => {
    for (const cursor of [undefined, '', 'x', Buffer.from('p1').toString('base64url'), Buffer.from('p1.-2').toString('base64url')]) {
      expect(positionIn(1, cursor)).toBe(0);
    }
  });
});
