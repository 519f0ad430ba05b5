import { describe, expect, it } from 'vitest';
import { admit, afterAnswer, afterFailure, newHealth, probeUnused, usualTerms, type BreakerTerms, type Health } from './health.ts';

const terms: BreakerTerms = { openAfter: 3, restMs: 1_000, longestRestMs: 8_000, probeMs: 500, slowMs: 100 };
const longest = () => 0.999_999;
const failTimes = (health: Health, times: number, atMs: number): Health =>
  Array.from({ length: times }).reduce<Health>((now) => afterFailure(now, atMs, undefined, terms, longest), health);

describe('circuit breaker', () => {
  it('opens after failures in a row only, and says down since then', () => {
    const shaken = failTimes(newHealth(0), 2, 10);
    expect(shaken).toMatchObject({ breaker: { state: 'closed', failures: 2 }, status: 'working' });
    const better = afterAnswer(shaken, 20, 5, terms);
    expect(failTimes(better, 2, 30).breaker.state).toBe('closed');
    expect(failTimes(better, 3, 30)).toMatchObject({ breaker: { state: 'open', opens: 1 }, status: 'down', sinceMs: 30 });
  });

  it('lets one probe through after its rest, and a second one only when the first never came back', () => {
    const open = failTimes(newHealth(0), 3, 0);
    expect(admit(open, 998, terms).admission).toBe('none');
    const claimed = admit(open, 1_000, terms);
    expect(claimed.admission).toBe('probe');
    expect(admit(claimed.next, 1_499, terms).admission).toBe('none');
    expect(admit(claimed.next, 1_500, terms).admission).toBe('probe');
  });

  it('rests twice as long after each probe that fails, up to a limit, and stays down since the beginning', () => {
    let health = failTimes(newHealth(0), 3, 0);
    const rests: number[] = [];
    let nowMs = 0;
    for (let round = 0; round < 6; round += 1) {
      if (health.breaker.state !== 'open') throw new Error(health.breaker.state);
      rests.push(health.breaker.retryAtMs - nowMs);
      nowMs = health.breaker.retryAtMs;
      health = afterFailure(admit(health, nowMs, terms).next, nowMs, undefined, terms, longest);
    }
    expect(rests).toEqual([999, 1_999, 3_999, 7_999, 7_999, 7_999]);
    expect(health).toMatchObject({ status: 'down', sinceMs: 0 });
    const back = afterAnswer(admit(health, nowMs + 8_000, terms).next, nowMs + 8_000, 5, terms);
    expect(back).toMatchObject({ breaker: { state: 'closed', failures: 0 }, status: 'working', sinceMs: nowMs + 8_000 });
  });

  it('never rests less than half of its time', () => {
    const open = Array.from({ length: 3 }).reduce<Health>((now) => afterFailure(now, 0, undefined, terms, () => 0), newHealth(0));
    expect(open.breaker).toMatchObject({ retryAtMs: 500 });
  });

  it('learns nothing from failures that began before it opened', () => {
    const open = failTimes(newHealth(0), 3, 0);
    expect(failTimes(open, 5, 100)).toEqual(open);
  });

  it('leaves a system alone as long as it asked to be, without calling it down', () => {
    const asked = afterFailure(newHealth(0), 1_000, 30_000, terms, longest);
    expect(asked.status).toBe('working');
    expect(admit(asked, 30_999, terms).admission).toBe('none');
    expect(admit(asked, 31_000, terms).admission).toBe('all');
    expect(afterFailure(asked, 2_000, 1_000, terms, longest).restUntilMs).toBe(31_000);
  });

  it('gives an unused probe back', () => {
    const open = failTimes(newHealth(0), 3, 0);
    const claimed = admit(open, 1_000, terms).next;
    expect(admit(probeUnused(claimed, 1_000), 1_000, terms).admission).toBe('probe');
    expect(probeUnused(newHealth(0), 5)).toEqual(newHealth(0));
  });

  it('calls a system slow by the mean, and forgets the mean with an outage', () => {
    const slow = afterAnswer(newHealth(0), 10, 400, terms);
    expect(slow).toMatchObject({ status: 'slow', sinceMs: 10 });
    expect(afterAnswer(slow, 20, 1, terms)).toMatchObject({ status: 'slow', sinceMs: 10, latencyMs: 280 });
    expect(afterAnswer(failTimes(slow, 3, 30), 40, 1, terms)).toMatchObject({ status: 'working', sinceMs: 40, latencyMs: 1 });
  });

  it('opens before a dossier alone could be given up', async () => {
    const { MAX_TRIES } = await import('./settle.ts');
    expect(usualTerms.openAfter).toBeLessThan(MAX_TRIES);
  });
});
