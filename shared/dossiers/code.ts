/** Dossier codes (mã hồ sơ): which number comes next, how it is written, and how many are left. */
import { addDays, daysBetween } from '../calendar/dates.ts';
import type { UsedByDate } from '../journal/counter-state.ts';
import type { NumberLease } from '../journal/operation.ts';
import type { PlainDate } from '../lib/time.ts';

/** Numbers a date can hold: the order within the day has four digits (Thông tư 01/2018/TT-VPCP art. 19). */
export const MAX_ORDER = 9999;

const yymmdd = (date: PlainDate): string => date.slice(2).replaceAll('-', '');

/** Fills `{agency}`, `{yymmdd}` and `{order4}` of the province's pattern. An order beyond four digits is a bug: it would widen the code. */
export function formatCode({ pattern, agencyCode, date, order }: { pattern: string; agencyCode: string; date: PlainDate; order: number }): string {
  if (!Number.isInteger(order) || order < 1 || order > MAX_ORDER) throw new RangeError(`order number ${order}`);
  const parts: Record<string, string> = { agency: agencyCode, yymmdd: yymmdd(date), order4: String(order).padStart(4, '0') };
  return pattern.replace(/\{(agency|yymmdd|order4)\}/gu, (_match, part: string) => parts[part] ?? '');
}

/**
 * A code when every lease is used up or expired, e.g. `H36.12-261121-K7.001`. The device's instance number keeps it apart
 * from every other device's, the `K` (khẩn) from every leased code, whatever the province's pattern.
 */
export const emergencyCode = ({ agencyCode, date, instance, order }: { agencyCode: string; date: PlainDate; instance: number; order: number }): string =>
  `${agencyCode}-${yymmdd(date)}-K${instance}.${String(order).padStart(3, '0')}`;

const serves = (lease: NumberLease, date: PlainDate): boolean => lease.validFrom <= date && date <= lease.validTo;

/** Ranges of numbers gone on a date: whatever lease they came from, a number is never used twice. */
function goneOn(leases: readonly NumberLease[], usedByDate: UsedByDate, date: PlainDate): Array<{ from: number; to: number }> {
  const used = usedByDate[date] ?? {};
  return leases.flatMap(({ leaseId, from }) => (used[leaseId] === undefined ? [] : [{ from, to: used[leaseId] }]));
}

/** The lease that ends first gives first; then the lower numbers, so that every counter of one history agrees. */
const inOrder = (leases: readonly NumberLease[]): NumberLease[] =>
  [...leases].sort((one, other) => one.validTo.localeCompare(other.validTo) || one.from - other.from || one.leaseId.localeCompare(other.leaseId));

/** Null when no lease has a number left for that date: time for the emergency series. */
export function nextNumber(leases: readonly NumberLease[], usedByDate: UsedByDate, date: PlainDate): { leaseId: string; order: number } | null {
  const gone = goneOn(leases, usedByDate, date).sort((one, other) => one.from - other.from);
  for (const { leaseId, from, to } of inOrder(leases.filter((lease) => serves(lease, date)))) {
    let order = from;
    for (const range of gone) if (range.from <= order && order <= range.to) order = range.to + 1;
    if (order <= Math.min(to, MAX_ORDER)) return { leaseId, order };
  }
  return null;
}

export type NumbersLeft = {
  /** Numbers left for the date itself. */
  left: number;
  /** Days, the date included, that leases serve without a gap. */
  daysLeft: number;
  /** The next code comes from the emergency series. */
  emergency: boolean;
};

export function numbersLeft(leases: readonly NumberLease[], usedByDate: UsedByDate, date: PlainDate): NumbersLeft {
  const gone = goneOn(leases, usedByDate, date);
  const numbers = new Set<number>();
  for (const { from, to } of leases.filter((lease) => serves(lease, date)))
    for (let order = from; order <= Math.min(to, MAX_ORDER); order++) numbers.add(order);
  for (const { from, to } of gone) for (let order = from; order <= to; order++) numbers.delete(order);

  let unserved = date;
  for (let lease: NumberLease | undefined; (lease = leases.find((candidate) => serves(candidate, unserved))) !== undefined;)
    unserved = addDays(lease.validTo, 1);
  return { left: numbers.size, daysLeft: daysBetween(date, unserved), emergency: numbers.size === 0 };
}
