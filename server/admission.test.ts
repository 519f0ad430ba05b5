import { EventEmitter } from 'node:events';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { deferred } from '../shared/lib/deferred.ts';
import { createAdmission } from './admission.ts';
import { Problem } from './problem.ts';

const aRequest = (socket = { destroyed: false }) => ({ raw: { socket } }) as unknown as FastifyRequest;
function aReply() {
  const raw = new EventEmitter();
  return { reply: { raw } as unknown as FastifyReply, leave: () => void raw.emit('close') };
}
/** Work that ends when it is told to. */
function aTask() {
  let hasBegun = false;
  const { promise: ended, resolve: end } = deferred();
  return { work: () => ((hasBegun = true), ended), end, hasBegun: () => hasBegun };
}
const settle = () => new Promise((resolve) => setImmediate(resolve));
const waitAsked = async (entering: Promise<void>): Promise<number | undefined> => {
  const refusal: unknown = await entering.catch((error: unknown) => error);
  return refusal instanceof Problem && refusal.status === 503 ? refusal.retryAfterS : undefined;
};

describe('admission', () => {
  it('gives turns in the order of coming, so many at once', async () => {
    const { turn, use } = createAdmission({ turns: 2, places: 10 });
    const tasks = Array.from({ length: 4 }, aTask);
    const all = tasks.map((task) => turn(aRequest(), task.work));
    await settle();
    expect(tasks.map((task) => task.hasBegun())).toEqual([true, true, false, false]);
    tasks[1]?.end();
    await settle();
    expect(tasks.map((task) => task.hasBegun())).toEqual([true, true, true, false]);
    for (const task of tasks) task.end();
    await Promise.all(all);
    expect(use().running).toBe(0);
  });

  it('goes on when work fails, and spares the work for callers who have gone', async () => {
    const { turn, use } = createAdmission({ turns: 1, places: 10 });
    await expect(turn(aRequest(), () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    const gone = aTask();
    await expect(turn(aRequest({ destroyed: true }), gone.work)).rejects.toMatchObject({ status: 408 });
    expect(gone.hasBegun()).toBe(false);
    expect(use().running).toBe(0);
  });

  it('turns away whoever finds no place, until somebody has left', async () => {
    const { enter, use } = createAdmission({ turns: 1, places: 2 });
    const [first, second, third] = [aReply(), aReply(), aReply()];
    await enter(aRequest(), first.reply);
    await enter(aRequest(), second.reply);
    expect(await waitAsked(enter(aRequest(), third.reply))).toBeGreaterThanOrEqual(1);
    first.leave();
    await enter(aRequest(), third.reply);
    expect(use()).toEqual({ running: 0, inside: 2, turnedAway: 1 });
  });

  it('gives each a time of his own, at the pace of the work', async () => {
    let nowMs = 0;
    const { enter, turn } = createAdmission({ turns: 2, places: 1 }, () => nowMs);
    for (let done = 0; done < 60; done += 1) await turn(aRequest(), async () => void (nowMs += 400));
    await enter(aRequest(), aReply().reply);
    const waits: number[] = [];
    for (let come = 0; come < 50; come += 1) waits.push((await waitAsked(enter(aRequest(), aReply().reply))) ?? NaN);
    // 400 ms a turn, two at once: five a second, and none before one who came before.
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waits[0]).toBe(1);
    expect(waits.at(-1)).toBeGreaterThanOrEqual(10);
    expect(waits.at(-1)).toBeLessThanOrEqual(11);
    nowMs += 60_000;
    expect(await waitAsked(enter(aRequest(), aReply().reply))).toBe(1);
  });
});
