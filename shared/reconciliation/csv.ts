/** Tables as CSV that a spreadsheet opens without running anything. */

export type Cell = string | number;

/** A cell that begins with one of these may be run as a formula; a leading apostrophe makes it plain text. */
const STARTS_FORMULA = /^[=+\-@\t\r\n＝＋－＠]/u;

const NEEDS_QUOTES = /[",;\r\n]/u;

function cellText(cell: Cell): string {
  if (typeof cell === 'number') return String(cell);
  const inert = STARTS_FORMULA.test(cell.trimStart()) || STARTS_FORMULA.test(cell) ? `'${cell}` : cell;
  return NEEDS_QUOTES.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

/** RFC 4180, with the byte order mark without which Excel reads Vietnamese letters wrongly. */
export const csvOf = (header: readonly string[], rows: ReadonlyArray<readonly Cell[]>): string =>
  `\uFEFF${[header, ...rows].map((row) => `${row.map(cellText).join(',')}\r\n`).join('')}`;
