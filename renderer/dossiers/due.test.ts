import { describe, expect, it } from 'vitest';
import { dueState } from './due.ts';

const at = (time: string) => Date.parse(`${time}+07:00`);

describe('dueState', () => {
  it('tells late, today and later by the counter’s own day', () => {
    const now = at('2026-11-23T09:00:00');
    expect(dueState(null, now)).toBe('none');
    expect(dueState(at('2026-11-23T08:59:59'), now)).toBe('late');
    expect(dueState(at('2026-11-23T16:00:00'), now)).toBe('today');
    expect(dueState(at('2026-11-24T00:00:00'), now)).toBe('later');
  });
});
