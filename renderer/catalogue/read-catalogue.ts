/** Reads a catalogue file, JSON or Excel, into one report; the Excel parts are loaded when first asked for. */
import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import { completeCatalogue, importJson, importRows, type ImportReason } from '../../shared/catalogue/import.ts';
import { templateSheets } from '../../shared/catalogue/sheets.ts';
import { dateAt, formatDateTime } from '../../shared/lib/time.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';

/** `row` is absent for JSON, where `column` is the path. */
export type ImportProblem = { sheet?: string; row?: number; column: string; reason: ImportReason; value?: string };
export type ImportReport = { catalogue: Catalogue; good: number; bad: number; problems: ImportProblem[] };

/** A province's 20,000 procedures are under half of this. */
const MAX_JSON_MIB = 64;

/** Nothing is installed. Fails with `catalogue-type`, `catalogue-too-large` or `workbook-…` and what is wrong with the workbook. */
export async function readCatalogueFile(file: File, current: Catalogue, nowMs: number): Promise<Result<ImportReport, Failure>> {
  const complete = (imported: Parameters<typeof completeCatalogue>[1]) =>
    completeCatalogue(current, imported, `${dateAt(nowMs)} ${formatDateTime(nowMs).slice(11)}`);
  if (/\.json$/iu.test(file.name)) {
    if (file.size > MAX_JSON_MIB * 1024 * 1024) return fail('catalogue-too-large', { maxMiB: MAX_JSON_MIB });
    const { catalogue, problems, good, bad } = importJson(await file.text());
    return ok({ catalogue: complete(catalogue), good, bad, problems: problems.map(({ path, ...rest }) => ({ column: path, ...rest })) });
  }
  if (!/\.xlsx$/iu.test(file.name)) return fail('catalogue-type');
  const { readWorkbook } = await import('./excel.ts');
  const sheets = await readWorkbook(file);
  if (!sheets.ok) return fail(`workbook-${sheets.failure.kind}`);
  const { catalogue, problems, good, bad } = importRows(sheets.value);
  return ok({ catalogue: complete(catalogue), good, bad, problems });
}

/** Procedures that show what the columns can say. */
const EXAMPLES = 3;

export async function templateFile(current: Catalogue, explain: (column: string) => string): Promise<Uint8Array<ArrayBuffer>> {
  const { writeWorkbook } = await import('./excel.ts');
  const example = { ...current, procedures: current.procedures.slice(0, EXAMPLES) };
  return writeWorkbook(templateSheets(example, (_, column) => explain(column)));
}
