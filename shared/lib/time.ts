/** Vietnam keeps one offset all year (UTC+7, no daylight saving); dates and hours on paper are always in it. */

/** Milliseconds since the epoch, as given by the clock port. */
export type Clock = () => number;

/** Calendar date at the counter, `YYYY-MM-DD`. */
export type PlainDate = string;

export const DAY_MS = 86_400_000;

const OFFSET_MS = 7 * 60 * 60 * 1000;

/** The counter's calendar date at an instant. */
export const dateAt = (atMs: number): PlainDate => new Date(atMs + OFFSET_MS).toISOString().slice(0, 10);

/** `dd/MM/yyyy HH:mm` at the counter. */
export const formatDateTime = (atMs: number): string => {
  const iso = new Date(atMs + OFFSET_MS).toISOString();
  return `${formatDate(iso.slice(0, 10))} ${iso.slice(11, 16)}`;
};

/** `dd/MM/yyyy` from `YYYY-MM-DD`. */
export const formatDate = (date: PlainDate): string => `${date.slice(8, 10)}/${date.slice(5, 7)}/${date.slice(0, 4)}`;

/** The instant of a wall-clock time at the counter, e.g. `instantOf('2026-11-23', '16:00')`. */
export const instantOf = (date: PlainDate, time: string): number => Date.parse(`${date}T${time}:00+07:00`);
