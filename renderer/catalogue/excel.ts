/** Reads and writes .xlsx files as plain sheets; the only user of the spreadsheet libraries. */
import readXlsxFile from 'read-excel-file/universal';
import writeXlsxFile from 'write-excel-file/universal';
import type { Cell, Sheet } from '../../shared/catalogue/sheets.ts';
import { fail, ok, type Result } from '../../shared/lib/result.ts';
import { safeArchive, type ArchiveFailure } from './workbook-archive.ts';

/** A whole province fits in a tenth of it. */
const MAX_FILE_BYTES = 30 * 1024 * 1024;

/** Formulas come as the values last computed. Nothing of the file is run, fetched or kept. */
export async function readWorkbook(file: Blob): Promise<Result<Sheet[], ArchiveFailure>> {
  if (file.size > MAX_FILE_BYTES) return fail('too-big');
  const archive = await safeArchive(new Uint8Array(await file.arrayBuffer()));
  if (!archive.ok) return archive;
  try {
    const sheets = await readXlsxFile(archive.value);
    // The library types a date cell as the constructor `Date`; what it gives is a date.
    return ok(sheets.map(({ sheet, data }) => ({ name: sheet, rows: data as unknown as Cell[][] })));
  } catch {
    // Whatever it throws, and some of it is plain TypeErrors, the cause is the file.
    return fail('damaged');
  }
}

const WIDE = 44;
const NARROW = 16;

/**
 * Text stays text: no cell becomes a formula, a code keeps its zeros. The first row is set off and stays in sight.
 * Meant for templates: the library packs a sheet over 320 kB in a worker of its own, which our policy forbids.
 */
export async function writeWorkbook(sheets: readonly Sheet[]): Promise<Uint8Array<ArrayBuffer>> {
  const workbook = writeXlsxFile(
    sheets.map(({ name, rows }) => ({
      sheet: name,
      stickyRowsCount: 1,
      columns: (rows[0] ?? []).map((head) => ({ width: /name|known|legal|ground|hint/iu.test(String(head)) ? WIDE : NARROW })),
      data: rows.map((row, at) =>
        row.map((value) =>
          value === null
            ? null
            : { value, type: typeOf(value), wrap: true, alignVertical: 'top' as const, ...(at === 0 ? { fontWeight: 'bold' as const } : {}) },
        ),
      ),
    })),
  );
  return new Uint8Array(await (await workbook.toBlob()).arrayBuffer());
}

function typeOf(value: Exclude<Cell, null>): StringConstructor | NumberConstructor | BooleanConstructor | DateConstructor {
  if (value instanceof Date) return Date;
  return typeof value === 'number' ? Number : typeof value === 'boolean' ? Boolean : String;
}
