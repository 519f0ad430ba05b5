/** Workbooks (.xlsx) as plain sheets of cells, read and written in the page without a worker of its own (the CSP allows none from a blob). */
import readXlsx, { type CellValue } from 'read-excel-file/universal';
import writeXlsx from 'write-excel-file/universal';
import type { Cell, Sheet } from '../../shared/catalogue/sheets.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';

/** The library's types name the `Date` constructor where it gives a date. */
const toCell = (value: CellValue | null): Cell => value as Cell;

export async function readWorkbook(file: Blob): Promise<Result<Sheet[], Failure<'workbook-unreadable'>>> {
  try {
    const sheets = await readXlsx(file);
    return ok(sheets.map(({ sheet, data }) => ({ name: sheet, rows: data.map((row) => row.map(toCell)) })));
  } catch {
    return fail('workbook-unreadable');
  }
}

const HEAD_ROWS = 1;
const COLUMN_WIDTH = 24;

export async function writeWorkbook(sheets: readonly Sheet[]): Promise<Uint8Array<ArrayBuffer>> {
  const blob = await writeXlsx(
    sheets.map(({ name, rows }) => ({
      sheet: name,
      stickyRowsCount: HEAD_ROWS,
      columns: (rows[0] ?? []).map(() => ({ width: COLUMN_WIDTH })),
      data: rows.map((row, at) => row.map((cell) => (cell === null ? null : { value: cell, ...(at < HEAD_ROWS ? { fontWeight: 'bold' as const } : {}) }))),
    })),
  ).toBlob();
  return new Uint8Array(await blob.arrayBuffer());
}
