import { expect, it } from 'vitest';
import { createTurns } from './turns.ts';

it('begins nothing before what was asked for earlier has ended, well or not', async () => {
  const inTurn = createTurns();
  const seen: string[] = [];
  const work = (name: string, isGood = true) =>
    inTurn(async () => {
      seen.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve));
      seen.push(`${name} ends`);
      if (!isGood) throw new Error(name);
      return name;
    });
  const [first, bad, third] = await Promise.allSettled([work('first'), work('bad', false), work('third')]);
  expect([first, bad?.status, third]).toEqual([{ status: 'fulfilled', value: 'first' }, 'rejected', { status: 'fulfilled', value: 'third' }]);
  expect(seen).toEqual(['first begins', 'first ends', 'bad begins', 'bad ends', 'third begins', 'third ends']);
});
