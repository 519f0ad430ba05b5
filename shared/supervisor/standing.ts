/** Decides what a supervisor has to know of a device: whether it is in contact, and what it needs. */
import type { SupervisedDevice } from './contract.ts';

/** The device speaks every quarter of a minute and reports every minute; this is a few lost ones. */
const IN_CONTACT_MS = 3 * 60_000;
/** Intake stops at 1 GiB; there is a working day between the two. */
const LOW_DISK_BYTES = 3 * 1024 ** 3;
const FEW_NUMBERS = 20;
const FEW_DAYS = 3;
/** What a due date hour and the assertion's tolerance bear. */
const CLOCK_TOLERANCE_MS = 60_000;
const QUIET_PRINTERS = new Set(['ready', 'paper-near-end']);

export type Standing = 'connected' | 'silent' | 'never' | 'quarantined' | 'revoked';
export type Need = 'needs-fix' | 'low-disk' | 'few-numbers' | 'emergency-numbers' | 'wrong-clock' | 'printer';

export const lastContactMs = ({ lastSeenAtMs, report }: SupervisedDevice): number | null =>
  lastSeenAtMs === null && report === null ? null : Math.max(lastSeenAtMs ?? 0, report?.reportedAtMs ?? 0);

export function standingOf(device: SupervisedDevice, nowMs: number): Standing {
  if (device.revokedAtMs !== null) return 'revoked';
  if (device.quarantine !== null) return 'quarantined';
  const last = lastContactMs(device);
  if (last === null) return 'never';
  return nowMs - last <= IN_CONTACT_MS ? 'connected' : 'silent';
}

/** The most pressing first; of a revoked device nothing is needed. */
export function needsOf({ report, revokedAtMs }: SupervisedDevice): Need[] {
  if (report === null || revokedAtMs !== null) return [];
  const { freeBytes, needsFix, numbers, clockAheadMs, printers } = report;
  const needs: Array<Need | false> = [
    needsFix > 0 && 'needs-fix',
    freeBytes !== null && freeBytes < LOW_DISK_BYTES && 'low-disk',
    numbers?.emergency === true && 'emergency-numbers',
    numbers !== null && !numbers.emergency && (numbers.left < FEW_NUMBERS || numbers.daysLeft < FEW_DAYS) && 'few-numbers',
    Math.abs(clockAheadMs) > CLOCK_TOLERANCE_MS && 'wrong-clock',
    printers.some(({ status }) => !QUIET_PRINTERS.has(status)) && 'printer',
  ];
  return needs.filter((need) => need !== false);
}
