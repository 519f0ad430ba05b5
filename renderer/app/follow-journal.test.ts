import { describe, expect, it } from 'vitest';
import { createFollower } from './follow-journal.ts';

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('following the journal', () => {
  it('catches up once more when entries came during a catch-up, however many', async () => {
    const finish: Array<() => void> = [];
    const follow = createFollower(
      () => new Promise((resolve) => finish.push(resolve)),
      () => undefined,
    );
    follow();
    follow();
    follow();
    expect(finish.length).toBe(1);
    finish[0]?.();
    await settle();
    expect(finish.length).toBe(2);
    finish[1]?.();
    await settle();
    expect(finish.length).toBe(2);
  });

  it('reports a failed catch-up and tries again at the next entry', async () => {
    const errors: unknown[] = [];
    let tries = 0;
    const follow = createFollower(
      () => {
        tries += 1;
        return tries === 1 ? Promise.reject(new Error('full')) : Promise.resolve();
      },
      (error) => errors.push(error),
    );
    follow();
    await settle();
    follow();
    await settle();
    expect([tries, errors.length]).toEqual([2, 1]);
  });
});
