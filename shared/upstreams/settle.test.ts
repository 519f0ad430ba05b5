import { describe, expect, it } from 'vitest';
import { MAX_TRIES, settle, type Settlement } from './settle.ts';

const atMost = () => 0.999_999;
const again = (settlement: Settlement): number => {
  if (settlement.state !== 'queued') throw new Error(settlement.state);
  return settlement.againInMs;
};
const failure = { kind: 'retry', reason: 'server-error' } as const;

describe('after one try', () => {
  it('ends what the system has taken or refused', () => {
    expect(settle({ kind: 'delivered', reference: 'G1' }, { tries: 4, isProbe: false, isAccepted: false }, atMost)).toEqual({
      state: 'delivered',
      reference: 'G1',
    });
    expect(settle({ kind: 'refused', reason: 'x', field: '/applicant' }, { tries: 0, isProbe: false, isAccepted: false }, atMost)).toEqual({
      state: 'refused',
      reason: 'x',
      field: '/applicant',
    });
    expect(settle({ kind: 'accepted', afterMs: 700 }, { tries: 3, isProbe: false, isAccepted: false }, atMost)).toEqual({
      state: 'accepted',
      tries: 0,
      againInMs: 700,
    });
  });

  it('goes on asking for a result when the asking fails', () => {
    expect(settle(failure, { tries: 1, isProbe: false, isAccepted: true }, atMost)).toMatchObject({ state: 'accepted', tries: 2, reason: 'server-error' });
  });

  it('waits longer each time, never less than half, never more than five minutes', () => {
    const waits = Array.from({ length: MAX_TRIES - 1 }, (_, tries) => again(settle(failure, { tries, isProbe: false, isAccepted: false }, atMost)));
    expect(waits.slice(0, 3)).toEqual([3_999, 7_999, 15_999]);
    expect(Math.max(...waits)).toBeLessThan(5 * 60_000);
    expect(again(settle(failure, { tries: 0, isProbe: false, isAccepted: false }, () => 0))).toBe(2_000);
  });

  it('gives a dossier up after many tries, but never for what its system did while it was down', () => {
    expect(settle(failure, { tries: MAX_TRIES - 1, isProbe: false, isAccepted: false }, atMost)).toEqual({
      state: 'failed',
      tries: MAX_TRIES,
      reason: 'server-error',
    });
    expect(settle(failure, { tries: MAX_TRIES - 1, isProbe: true, isAccepted: false }, atMost)).toMatchObject({ state: 'queued', tries: MAX_TRIES - 1 });
  });

  it('comes again when it was asked to, and holds that against nobody', () => {
    expect(settle({ ...failure, afterMs: 90_000 }, { tries: MAX_TRIES - 1, isProbe: false, isAccepted: false }, atMost)).toMatchObject({
      tries: MAX_TRIES - 1,
      againInMs: 90_000,
    });
    expect(again(settle({ ...failure, afterMs: 10 ** 12 }, { tries: 0, isProbe: false, isAccepted: false }, atMost))).toBe(6 * 3_600_000);
  });
});
