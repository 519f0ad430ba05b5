/** What fees are counted by: taken from the e-form where it says so, else from what the officer entered. */
import type { EForm } from '../catalogue/catalogue.ts';

/** So many copies of so many pages each. */
export type FeeCount = { copies: number; pages: number };

type FormData = Readonly<Record<string, unknown>>;

const whole = (value: unknown, otherwise: number): number => (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : otherwise);
const isRow = (value: unknown): value is FormData => typeof value === 'object' && value !== null && !Array.isArray(value);

/** One entry per row of the form's list. Rows not filled in yet count as the officer's own numbers. */
export function feeCountsOf(form: EForm | undefined, formData: FormData, entered: FeeCount): FeeCount[] {
  const where = form?.feeCounts;
  if (where === undefined) return [entered];
  const countIn = (row: FormData): FeeCount => ({
    copies: whole(row[where.copies], entered.copies),
    pages: where.pages === undefined ? entered.pages : whole(row[where.pages], entered.pages),
  });
  if (where.list === undefined) return [countIn(formData)];
  const rows = formData[where.list];
  const counted = Array.isArray(rows) ? rows.filter(isRow).map(countIn) : [];
  return counted.length === 0 ? [entered] : counted;
}
