/** Dossier codes (mã hồ sơ): which number comes next, how it is written, and how many are left. */
import { addDays, daysBetween } from '../calendar/dates.ts';
import { numberingDate, type CounterState, type HeldLease, type UsedByDate } from '../journal/counter-state.ts';
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
export const emergencyCode = ({ agencyCode, date, series, order }: { agencyCode: string; date: PlainDate; series: string; order: number }): string =>
  `${agencyCode}-${yymmdd(date)}-K${series}.${String(order).padStart(3, '0')}`;

const serves = (lease: NumberLease, date: PlainDate): boolean => lease.validFrom <= date && date <= lease.validTo;

/** Ranges of numbers gone on a date: whatever lease they came from, a number is never used twice. */
function goneOn(leases: readonly NumberLease[], usedByDate: UsedByDate, date: PlainDate): Array<{ from: number; to: number }> {
  const used = usedByDate[date] ?? {};
  return leases.flatMap(({ leaseId, from }) => (used[leaseId] === undefined ? [] : [{ from, to: used[leaseId] }]));
}

/** The lease that ends first gives first; then the lower numbers, so that every counter of one history agrees. */
const inOrder = <L extends NumberLease>(leases: readonly L[]): L[] =>
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

/** The lease id under which emergency numbers are counted; each series counts for itself. */
export const EMERGENCY_LEASE = 'emergency';

export type TakenNumber = { code: string; leaseId: string; order: number };

/** From a lease; when all are used up or expired, from the emergency series that only this device has. */
export function takeNumber(state: CounterState, { pattern, agencyCode, date: today }: { pattern: string; agencyCode: string; date: PlainDate }): TakenNumber {
  const date = numberingDate(state.usedByDate, today);
  const next = nextNumber(state.leases, state.usedByDate, date);
  if (next !== null) return { ...next, code: formatCode({ pattern, agencyCode, date, order: next.order }) };
  const own = state.enrolment?.series;
  const leaseId = own === undefined ? EMERGENCY_LEASE : `${EMERGENCY_LEASE}-${own}`;
  const order = (state.usedByDate[date]?.[leaseId] ?? 0) + 1;
  return { leaseId, order, code: emergencyCode({ agencyCode, date, series: own ?? String(state.enrolment?.instance ?? 0), order }) };
}

/** A further lease is asked for when this share of a day's numbers is left. */
const RENEW_AT = 0.5;

/**
 * Whether to ask for a further lease. One that serves today by the province's clock and was never used is enough: a counter
 * whose own clock is wrong would otherwise ask at every contact, until its agency has no numbers left.
 */
export function wantsLease({ leases, usedByDate }: Pick<CounterState, 'leases' | 'usedByDate'>, date: PlainDate, provinceDate: PlainDate): boolean {
  const used = new Set(Object.values(usedByDate).flatMap((day) => Object.keys(day)));
  if (leases.some((lease) => serves(lease, provinceDate) && !used.has(lease.leaseId))) return false;
  const whole = leases.filter((lease) => serves(lease, date)).reduce((sum, { from, to }) => sum + (to - from + 1), 0);
  return numbersLeft(leases, usedByDate, date).left <= whole * RENEW_AT;
}

export type RangeLeft = {
  from: number;
  to: number;
  /** Codes it still gives on the date; null where it does not serve that date yet. */
  left: number | null;
  validFrom: PlainDate;
  validTo: PlainDate;
  /** Days it still serves, the date included. */
  daysLeft: number;
  leasedAtMs?: number;
};

/** The leases that serve the date or a later one, in the order in which they give. */
export function rangesLeft(leases: readonly HeldLease[], usedByDate: UsedByDate, date: PlainDate): RangeLeft[] {
  const gone = goneOn(leases, usedByDate, date);
  const isGone = (order: number): boolean => gone.some((range) => range.from <= order && order <= range.to);
  return inOrder(leases)
    .filter(({ validTo }) => validTo >= date)
    .map((lease) => {
      const { from, to, validFrom, validTo, leasedAtMs } = lease;
      const orders = Array.from({ length: Math.max(0, Math.min(to, MAX_ORDER) - from + 1) }, (_, nth) => from + nth);
      const left = serves(lease, date) ? orders.filter((order) => !isGone(order)).length : null;
      return { from, to, left, validFrom, validTo, daysLeft: daysBetween(date > validFrom ? date : validFrom, validTo) + 1, leasedAtMs };
    });
}

/** Codes of the emergency series given out on a date, whatever its label. */
export const emergencyUsedOn = (usedByDate: UsedByDate, date: PlainDate): number =>
  Object.entries(usedByDate[date] ?? {}).reduce((sum, [leaseId, order]) => (leaseId.startsWith(EMERGENCY_LEASE) ? sum + order : sum), 0);

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
