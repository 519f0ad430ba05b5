import { describe, expect, it } from 'vitest';
import { createTurns } from './turns.ts';

describe('turns', () => {
  it('are taken one at a time, the weightiest first, equal ones in their order', async () => {
    const turns = createTurns();
    const done: string[] = [];
    let underWay = 0;
    const work = (name: string) => async () => {
      underWay += 1;
      expect(underWay).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 1));
      underWay -= 1;
      done.push(name);
      return name;
    };
    const all = [turns.take(1, work('first, at once')), turns.take(1, work('small')), turns.take(9, work('large')), turns.take(1, work('small too'))];
    expect(await Promise.all(all)).toEqual(['first, at once', 'small', 'large', 'small too']);
    expect(done).toEqual(['first, at once', 'large', 'small', 'small too']);
  });

  it('are lost by one that never ends', async () => {
    const turns = createTurns(5);
    void turns.take(1, () => new Promise(() => undefined));
    expect(await turns.take(1, () => Promise.resolve('next'))).toBe('next');
  });

  it('go on after one that failed', async () => {
    const turns = createTurns();
    const failed = turns.take(1, () => Promise.reject(new Error('torn')));
    const after = turns.take(1, () => Promise.resolve('whole'));
    await expect(failed).rejects.toThrow('torn');
    expect(await after).toBe('whole');
  });
});
