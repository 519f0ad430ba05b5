import { describe, expect, it } from 'vitest';
import { bundledCatalogue } from '../../shared/catalogue/bundled.ts';
import { importRows } from '../../shared/catalogue/import.ts';
import { templateSheets } from '../../shared/catalogue/sheets.ts';
import { readWorkbook, writeWorkbook } from './excel.ts';

describe('workbooks', () => {
  it('give back the template that was written, procedures and all', async () => {
    const catalogue = bundledCatalogue();
    const example = { ...catalogue, procedures: catalogue.procedures.slice(0, 3) };
    const bytes = await writeWorkbook(templateSheets(example, (_, column) => column));
    const read = await readWorkbook(new Blob([bytes]));
    if (!read.ok) throw new Error(read.failure.kind);
    const imported = importRows(read.value);
    expect(imported.problems).toEqual([]);
    expect(imported.catalogue.procedures).toEqual(example.procedures);
  });

  it('say that a file is no workbook', async () => {
    expect(await readWorkbook(new Blob([new Uint8Array([1, 2, 3])]))).toEqual({ ok: false, failure: { kind: 'workbook-unreadable' } });
  });
});
