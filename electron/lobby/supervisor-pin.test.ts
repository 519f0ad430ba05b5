import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argon2id } from 'hash-wasm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSupervisorPin, waitAfter } from './supervisor-pin.ts';

const PIN = '482915';
const hashed = argon2id({ password: PIN, salt: new Uint8Array(16), iterations: 1, parallelism: 1, memorySize: 64, hashLength: 32, outputType: 'encoded' });

let folder = '';
let nowMs = 1_800_000_000_000;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qmc-pin-'));
});
afterEach(() => rm(folder, { recursive: true }));
const kiosk = async () => createSupervisorPin({ hash: await hashed, file: join(folder, 'pin.json'), clock: () => nowMs });
const kinds = async (pin: string, times: number): Promise<string[]> => {
  const found: string[] = [];
  for (let i = 0; i < times; i++) {
    const judged = await (await kiosk()).judge(pin);
    found.push(judged.ok ? 'ok' : judged.failure.kind);
  }
  return found;
};

describe('the supervisor’s PIN', () => {
  it('opens, and nothing else does', async () => {
    expect(await (await kiosk()).judge(PIN)).toEqual({ ok: true, value: null });
    expect(await kinds('482916', 1)).toEqual(['wrong-pin']);
    expect(await createSupervisorPin({ hash: undefined, file: join(folder, 'none'), clock: () => nowMs }).judge(PIN)).toMatchObject({
      failure: { kind: 'no-pin' },
    });
  });

  it('locks after five wrong ones, for the right one too, through restarts, longer each time', async () => {
    // Each of these is a kiosk that was started anew.
    expect(await kinds('000000', 7)).toEqual(['wrong-pin', 'wrong-pin', 'wrong-pin', 'wrong-pin', 'wrong-pin', 'locked-out', 'locked-out']);
    expect(await (await kiosk()).judge(PIN)).toEqual({ ok: false, failure: { kind: 'locked-out', details: { seconds: 60 } } });
    nowMs += 60_000;
    expect(await kinds('000000', 2)).toEqual(['wrong-pin', 'locked-out']);
    nowMs += 119_000;
    expect(await kinds(PIN, 1)).toEqual(['locked-out']);
    nowMs += 1_000;
    expect(await kinds(PIN, 1)).toEqual(['ok']);
    expect(await kinds('000000', 4)).toEqual(['wrong-pin', 'wrong-pin', 'wrong-pin', 'wrong-pin']);
  });

  it('gives no time away when the clock is set back', async () => {
    await kinds('000000', 5);
    nowMs -= 86_400_000;
    expect(await (await kiosk()).judge(PIN)).toMatchObject({ failure: { kind: 'locked-out', details: { seconds: 60 } } });
    nowMs += 59_000;
    expect(await kinds(PIN, 1)).toEqual(['locked-out']);
    nowMs += 1_000;
    expect(await kinds(PIN, 1)).toEqual(['ok']);
  });

  it('gives many asked at once no more tries than one after the other', async () => {
    const one = await kiosk();
    const judged = await Promise.all(Array.from({ length: 20 }, () => one.judge('111111')));
    expect(judged.filter((result) => !result.ok && result.failure.kind === 'wrong-pin').length).toBe(5);
  });

  it('waits at most an hour', () => {
    expect([4, 5, 6, 10, 11, 1000].map(waitAfter)).toEqual([0, 60_000, 120_000, 1_920_000, 3_600_000, 3_600_000]);
  });
});
