/** How fast scans may leave at which hour, so that an office on a thin line can work: the rule, without a clock of its own. */
import { z } from 'zod';
import { isWithin, timeOfDay, timeOfDayAt } from '../lib/hours.ts';

/** Slower than this even one chunk would outlive every time limit on its way (kbit/s). */
const SLOWEST_KBPS = 64;

const kbps = z.int().min(SLOWEST_KBPS).max(10_000_000);

export const scanHoursSchema = z.strictObject({
  /** All uploads of scans together, kbit/s (1,000 bit). Without it as fast as the line. */
  maxKbps: kbps.optional(),
  /** Instead of `maxKbps` at these hours, over midnight too; of several at once the lowest. 0: none leaves then. */
  windows: z
    .array(
      z
        .strictObject({ from: timeOfDay, to: timeOfDay, maxKbps: kbps.or(z.literal(0)) })
        .refine(({ from, to }) => from !== to, { path: ['to'], message: 'must differ from the beginning' }),
    )
    .max(12)
    .default([]),
});
export type ScanHours = z.infer<typeof scanHoursSchema>;

/** `kbps`: null as fast as the line, 0 not at all. `until`: the hour (`HH:mm`) at which that changes; null when it never does. */
export type PaceNow = { kbps: number | null; until: string | null };

function kbpsAt({ maxKbps, windows }: ScanHours, time: string): number | null {
  const open = windows.filter((window) => isWithin(window, time)).map((window) => window.maxKbps);
  return open.length === 0 ? (maxKbps ?? null) : Math.min(...open);
}

export function paceAt(hours: ScanHours, nowMs: number): PaceNow {
  const time = timeOfDayAt(nowMs);
  const now = kbpsAt(hours, time);
  const turns = [...new Set(hours.windows.flatMap(({ from, to }) => [from, to]))].sort();
  const ahead = [...turns.filter((turn) => turn > time), ...turns.filter((turn) => turn <= time)];
  return { kbps: now, until: ahead.find((turn) => kbpsAt(hours, turn) !== now) ?? null };
}
