import { describe, expect, it } from 'vitest';
import { createBehindAnswers } from './behind-answers.ts';

describe('work behind answers', () => {
  it('runs once at a time for a key, once more for what was asked meanwhile, and beside other keys', async () => {
    const begun: string[] = [];
    const gates: Array<() => void> = [];
    const behind = createBehindAnswers(
      (key) => {
        begun.push(key);
        return new Promise((done) => gates.push(done));
      },
      () => undefined,
    );
    behind.ask('a');
    expect(begun).toEqual([]);
    for (let turn = 0; turn < 3; turn++) await Promise.resolve();
    behind.ask('a');
    behind.ask('a');
    behind.ask('b');
    await expect.poll(() => begun).toEqual(['a', 'b']);
    let isSettled = false;
    const settled = behind.settled().then(() => (isSettled = true));
    gates.splice(0).forEach((open) => open());
    await expect.poll(() => begun).toEqual(['a', 'b', 'a']);
    expect(isSettled).toBe(false);
    gates.splice(0).forEach((open) => open());
    await settled;
    behind.ask('a');
    await expect.poll(() => begun).toEqual(['a', 'b', 'a', 'a']);
    gates.splice(0).forEach((open) => open());
    await behind.settled();
  });

  it('reports what fails and goes on', async () => {
    const failures: unknown[] = [];
    const behind = createBehindAnswers(
      (key) => (key === 'bad' ? Promise.reject(new Error('no')) : Promise.resolve()),
      (error) => failures.push(error),
    );
    behind.ask('bad');
    await behind.settled();
    behind.ask('bad');
    behind.ask('good');
    await behind.settled();
    expect(failures).toEqual([new Error('no'), new Error('no')]);
  });
});
