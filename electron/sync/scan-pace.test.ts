import { expect, it } from 'vitest';
import { instantOf } from '../../shared/lib/time.ts';
import { scanHoursSchema, type ScanHours } from '../../shared/sync/scan-hours.ts';
import { createScanPace } from './scan-pace.ts';

const PIECE = 16 * 1024;

/** A pace on a clock that only its own waiting moves. */
function paced(hours: Partial<ScanHours>, from = '08:00') {
  const startMs = instantOf('2026-11-23', from);
  let elapsedMs = 0;
  const waits: Array<{ atMs: number; go: () => void }> = [];
  const pace = createScanPace(scanHoursSchema.parse(hours), () => startMs + elapsedMs, {
    monotonicMs: () => elapsedMs,
    sleep: (ms) => new Promise<void>((go) => waits.push({ atMs: elapsedMs + ms, go })),
  });
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  };
  return {
    pace,
    /** Lets everything that waits have its turn, in order; the milliseconds it took. */
    async drain(): Promise<number> {
      await settle();
      for (;;) {
        waits.sort((a, b) => a.atMs - b.atMs);
        const next = waits.shift();
        if (next === undefined) return elapsedMs;
        elapsedMs = Math.max(elapsedMs, next.atMs);
        next.go();
        await settle();
      }
    },
    later: (ms: number) => void (elapsedMs += ms),
  };
}

const send = async (take: (bytes: number) => Promise<void>, bytes: number): Promise<void> => {
  for (let sent = 0; sent < bytes; sent += PIECE) await take(PIECE);
};

it('holds two uploads together to the rate, not each', async () => {
  const { pace, drain } = paced({ maxKbps: 1000 });
  const both = Promise.all([send(pace.take, 512 * 1024), send(pace.take, 512 * 1024)]);
  const tookMs = await drain();
  await both;
  const wanted = (1024 * 1024 * 8) / 1000;
  expect(tookMs).toBeGreaterThan(wanted * 0.98);
  expect(tookMs).toBeLessThanOrEqual(wanted);
});

it('saves nothing up while nothing is sent', async () => {
  const { pace, drain, later } = paced({ maxKbps: 1000 });
  later(60_000);
  const sending = send(pace.take, 1024 * 1024);
  const tookMs = (await drain()) - 60_000;
  await sending;
  expect(tookMs).toBeGreaterThan(8_000);
});

it('waits for nothing without a rate', async () => {
  const { pace, drain } = paced({});
  const sending = send(pace.take, 50 * 1024 * 1024);
  expect(await drain()).toBe(0);
  await sending;
});

it('closes and opens by the hour, and ends what is under way', async () => {
  const { pace, drain, later } = paced({ windows: [{ from: '08:00', to: '08:01', maxKbps: 0 }] });
  expect(pace.isOpen()).toBe(false);
  const ending = send(pace.take, 64 * 1024);
  expect(await drain()).toBeGreaterThan(1_000);
  await ending;
  later(60_000);
  expect(pace.isOpen()).toBe(true);
  expect(pace.now()).toEqual({ kbps: null, until: '08:00' });
});
