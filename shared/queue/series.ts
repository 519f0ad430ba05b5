/** Who gives out which numbers. A number is unique because its series belongs to one device, whoever holds the queue at the moment. */

/** Of the office's hub, or of a device without one. */
export const HUB_SERIES = 0;
export const STANDBY_SERIES = 1;
const FIRST_OWN_SERIES = 2;
const OWN_FROM = 7001;
const OWN_SIZE = 200;
/** Series 2 to 15: fourteen kiosks and counters that can go on giving numbers when they see no hub. */
export const LAST_SERIES = 15;

/** Order numbers of a series, inclusive, the same for every group: 1–4999 the hub, 5001–6999 the standby, then 200 a device from 7001 on. */
export function rangeOf(series: number): { from: number; to: number } {
  if (series === HUB_SERIES) return { from: 1, to: 4999 };
  if (series === STANDBY_SERIES) return { from: 5001, to: 6999 };
  const from = OWN_FROM + (series - FIRST_OWN_SERIES) * OWN_SIZE;
  return { from, to: from + OWN_SIZE - 1 };
}

/** Undefined: of none. */
export function seriesOf(order: number): number | undefined {
  for (let series = HUB_SERIES; series <= LAST_SERIES; series++) if (order >= rangeOf(series).from && order <= rangeOf(series).to) return series;
  return undefined;
}

export const orderOf = (number: string): number => Number(number.slice(1));
export const numberOf = (letter: string, order: number): string => `${letter}${String(order).padStart(3, '0')}`;

/** The lowest series for another device that none of `taken` has; null when all are given. */
export function freeSeries(taken: ReadonlySet<number>): number | null {
  for (let series = FIRST_OWN_SERIES; series <= LAST_SERIES; series++) if (!taken.has(series)) return series;
  return null;
}
