/** How a catalogue lies in the sheets of a workbook: which sheet and column holds what, and a catalogue written that way. */
import type { Catalogue, Procedure } from './catalogue.ts';

export type Cell = string | number | boolean | Date | null;
export type Sheet = { name: string; rows: Cell[][] };

/**
 * `code`: a procedure code, which spreadsheets like to take for a number. `ids`: apart by commas or spaces. `lines`: one
 * to a line of the cell. `flag`: x or empty. `answer`: x, - or empty (not said). `time`: HH:mm.
 */
export type ColumnType = 'text' | 'code' | 'number' | 'ids' | 'lines' | 'flag' | 'answer' | 'time';
/** `path`: where the value lies in the row's object; absent for a column that only ties the row to another. */
export type Column = { key: string; type: ColumnType; path?: readonly string[] };

export type SheetLayout = {
  name: string;
  /** Where the list lies in the procedure, or in the parent's entry. */
  list: readonly string[];
  /** The sheet whose rows own these, and the column, here and there, that ties them. */
  parent?: { sheet: string; by: string };
  columns: readonly Column[];
};

const column = (key: string, type: ColumnType = 'text', ...path: string[]): Column => ({ key, type, path: path.length === 0 ? [key] : path });
const tie = (key: string, type: ColumnType = 'text'): Column => ({ key, type });
const duration = (amountKey: string, unitKey: string, ...path: string[]): Column[] => [
  column(amountKey, 'number', ...path, 'amount'),
  column(unitKey, 'text', ...path, 'unit'),
];
const when: Column[] = (['cases', 'applicantKinds', 'channels', 'areaClasses', 'objects', 'facts', 'unlessFacts'] as const).map((key) =>
  column(key, 'ids', 'when', key),
);
const option: Column[] = [column('id'), column('name'), column('hint')];
const ofProcedure = tie('procedure', 'code');

/** In `unit`, instead of a unit: the time is set by an approved project. */
export const BY_PROJECT = 'by-project';

export const procedureColumns: readonly Column[] = [
  column('code', 'code'),
  column('name'),
  column('field'),
  column('level'),
  column('alsoKnownAs', 'lines'),
  column('formId'),
  column('result'),
  column('legalBasis', 'lines'),
  column('onlineLevel'),
  column('trust'),
  column('feesStated', 'answer'),
];

/** Parents stand before the sheets that hang on them. */
export const layouts: readonly SheetLayout[] = [
  { name: 'cases', list: ['cases'], columns: [ofProcedure, ...option] },
  { name: 'objects', list: ['objects'], columns: [ofProcedure, ...option] },
  { name: 'facts', list: ['facts'], columns: [ofProcedure, ...option] },
  {
    name: 'timeLimits',
    list: ['timeLimits'],
    columns: [
      ofProcedure,
      tie('limit'),
      ...when,
      ...duration('amount', 'unit', 'limit'),
      ...duration('upToAmount', 'upToUnit', 'upTo'),
      column('cutoff', 'time'),
      ...duration('extensionAmount', 'extensionUnit', 'extension', 'limit'),
      column('extensionGround', 'text', 'extension', 'ground'),
      column('mayBeLongerIn', 'ids'),
    ],
  },
  {
    name: 'excludedPeriods',
    list: ['excludes'],
    parent: { sheet: 'timeLimits', by: 'limit' },
    columns: [ofProcedure, tie('limit'), column('id'), column('name'), ...duration('amount', 'unit', 'duration')],
  },
  {
    name: 'extraByArea',
    list: ['extraByArea'],
    parent: { sheet: 'timeLimits', by: 'limit' },
    columns: [ofProcedure, tie('limit'), column('areaClass'), ...duration('amount', 'unit', 'extra')],
  },
  {
    name: 'papers',
    list: ['papers'],
    columns: [
      ofProcedure,
      column('id'),
      column('name'),
      column('need'),
      column('originals', 'number'),
      column('certifiedCopies', 'number'),
      column('photocopies', 'number'),
      column('acceptedAs', 'ids'),
      column('oneOfGroup'),
      column('ifMissing'),
      column('formNumber'),
      column('filledByEForm', 'flag'),
      ...when,
    ],
  },
  {
    name: 'fees',
    list: ['fees'],
    columns: [
      ofProcedure,
      column('id'),
      column('kind'),
      column('name'),
      ...when,
      column('price', 'text', 'price', 'type'),
      ...(['amountVnd', 'minVnd', 'maxVnd', 'free', 'maxPerCopyVnd'] as const).map((key) => column(key, 'number', 'price', key)),
      column('counted', 'text', 'price', 'counted'),
      column('approximate', 'answer', 'price', 'approximate'),
    ],
  },
  {
    name: 'feeSteps',
    list: ['price', 'steps'],
    parent: { sheet: 'fees', by: 'fee' },
    columns: [ofProcedure, tie('fee'), column('upToPage', 'number'), column('amountVnd', 'number')],
  },
  {
    name: 'exemptions',
    list: ['exemptions'],
    parent: { sheet: 'fees', by: 'fee' },
    columns: [ofProcedure, tie('fee'), column('id'), column('name'), column('percentOff', 'number')],
  },
  { name: 'agencies', list: ['agencies'], columns: [ofProcedure, column('role'), column('name'), ...when] },
];

export const catalogueColumns: readonly Column[] = [column('version'), column('publishedBy')];
export const optionColumns: readonly Column[] = option;

/** Every sheet of a workbook, in order, with its columns. */
export const allSheets: ReadonlyArray<{ name: string; columns: readonly Column[] }> = [
  { name: 'catalogue', columns: catalogueColumns },
  { name: 'fields', columns: optionColumns },
  { name: 'areaClasses', columns: optionColumns },
  { name: 'procedures', columns: procedureColumns },
  ...layouts,
];

/** What a workbook can carry; e-forms and the calendar come by JSON. */
export type SheetCatalogue = Pick<Catalogue, 'version' | 'publishedBy' | 'fields' | 'areaClasses' | 'procedures'>;

export function catalogueSheets(catalogue: SheetCatalogue): Sheet[] {
  const rowsOf: Record<string, Cell[][]> = {
    catalogue: [rowOf(catalogueColumns, catalogue, {})],
    fields: catalogue.fields.map((field) => rowOf(optionColumns, field, {})),
    areaClasses: catalogue.areaClasses.map((area) => rowOf(optionColumns, area, {})),
    procedures: catalogue.procedures.map((procedure) => rowOf(procedureColumns, procedure, {})),
  };
  for (const layout of layouts)
    rowsOf[layout.name] = catalogue.procedures.flatMap((procedure) =>
      entriesOf(layout, procedure).map(({ entry, ties }) => rowOf(layout.columns, entry, ties)),
    );
  return allSheets.map(({ name, columns }) => ({ name, rows: [columns.map(({ key }) => key), ...(rowsOf[name] ?? [])] }));
}

/**
 * A workbook to fill in: under the column names a row that explains them (`explain`, in the officer's language), then
 * examples. Rows that begin with `#` are remarks, so what is exported reads back as it is.
 */
export function templateSheets(example: SheetCatalogue, explain: (sheet: string, column: string) => string): Sheet[] {
  return catalogueSheets(example).map(({ name, rows: [header = [], ...rows] }) => ({
    name,
    rows: [header, header.map((key, at) => (at === 0 ? '# ' : '') + explain(name, String(key))), ...rows],
  }));
}

type Entry = { entry: unknown; ties: Record<string, Cell> };

function entriesOf({ list, parent, name }: SheetLayout, procedure: Procedure): Entry[] {
  const listIn = (owner: unknown, ties: Record<string, Cell>): Entry[] =>
    ((valueAt(owner, list) ?? []) as unknown[]).map((entry, at) => ({ entry, ties: name === 'timeLimits' ? { ...ties, limit: String(at + 1) } : ties }));
  const owned = { procedure: procedure.code };
  if (parent === undefined) return listIn(procedure, owned);
  const owners: ReadonlyArray<{ label: string; owner: unknown }> =
    parent.sheet === 'fees'
      ? procedure.fees.map((owner) => ({ label: owner.id, owner }))
      : procedure.timeLimits.map((owner, at) => ({ label: String(at + 1), owner }));
  return owners.flatMap(({ label, owner }) => listIn(owner, { ...owned, [parent.by]: label }));
}

function rowOf(columns: readonly Column[], entry: unknown, ties: Record<string, Cell>): Cell[] {
  return columns.map(({ key, type, path }) => {
    if (path === undefined) return ties[key] ?? null;
    // A limit of null is written where its unit would stand.
    if (key === 'unit' && valueAt(entry, path.slice(0, -1)) === null) return BY_PROJECT;
    return cellOf(valueAt(entry, path), type);
  });
}

function cellOf(value: unknown, type: ColumnType): Cell {
  if (value === undefined || value === null) return null;
  if (type === 'flag') return value === true ? 'x' : null;
  if (type === 'answer') return value === true ? 'x' : '-';
  if (Array.isArray(value)) return value.length === 0 ? null : value.join(type === 'lines' ? '\n' : ', ');
  return typeof value === 'number' ? value : String(value);
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let at = value;
  for (const key of path) at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined;
  return at;
}
