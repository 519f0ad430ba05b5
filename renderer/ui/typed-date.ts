/** Dates as Vietnamese officers type them: day first, any separator or none. */

const exists = (year: number, month: number, day: number): boolean => {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
};

/** `YYYY-MM-DD`, or undefined when the text is no date that exists: `1/2/1990`, `01021990`, `1.2.1990`, `1990-02-01`. */
export function parseTypedDate(text: string): string | undefined {
  const typed = text.trim();
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/u.exec(typed);
  const dayFirst = /^(\d{2})(\d{2})(\d{4})$/u.exec(typed) ?? /^(\d{1,2})[/.\-\s](\d{1,2})[/.\-\s](\d{4})$/u.exec(typed);
  const [year, month, day] = iso !== null ? [iso[1], iso[2], iso[3]] : [dayFirst?.[3], dayFirst?.[2], dayFirst?.[1]];
  if (year === undefined || month === undefined || day === undefined || Number(year) < 1000) return undefined;
  if (!exists(Number(year), Number(month), Number(day))) return undefined;
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}
