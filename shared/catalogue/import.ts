/** A province's catalogue from a workbook or from JSON: the procedures that are right, and every mistake with its place. */
import { z } from 'zod';
import { tidy } from '../lib/fold.ts';
import { calendarSchema, catalogueSchema, eFormSchema, namedOptionSchema, procedureSchema, type Catalogue, type Procedure } from './catalogue.ts';
import { inconsistenciesOf, type InconsistencyReason, type KnownIds } from './consistency.ts';
import { BY_PROJECT, catalogueColumns, layouts, optionColumns, procedureColumns, type Cell, type Column, type Sheet } from './sheets.ts';

export type ImportReason =
  | InconsistencyReason
  | 'missing'
  | 'not-a-number'
  | 'not-whole'
  | 'too-small'
  | 'too-large'
  | 'too-long'
  | 'not-one-of'
  | 'wrong-form'
  | 'unknown-procedure'
  | 'unknown-sheet'
  | 'unknown-column'
  | 'missing-sheet'
  | 'not-json'
  | 'too-big';

/** `row` counts from 1, as the spreadsheet shows it; `column` is the name at its head. */
export type SheetProblem = { sheet: string; row: number; column: string; reason: ImportReason; value?: string };
/** `path` as in `$.procedures[3].papers[0].name`. */
export type JsonProblem = { path: string; reason: ImportReason; value?: string };

/** What the file held and is right; what it did not hold is taken from the catalogue in use by `completeCatalogue`. */
export type ImportedCatalogue = { procedures: Procedure[] } & Partial<Omit<Catalogue, 'procedures'>>;

/** `good` and `bad` count procedures: one with any mistake is left out whole, since half of its rules would be wrong rules. */
export type ImportResult<P> = { catalogue: ImportedCatalogue; problems: P[]; good: number; bad: number };

/** Longer than any province's catalogue in JSON. */
export const MAX_JSON_LENGTH = 200_000_000;

/**
 * The catalogue to install. `version` is used when the file named none or the one in force, which dossiers already carry.
 */
export function completeCatalogue(current: Catalogue, imported: ImportedCatalogue, version: string): Catalogue {
  const merged = (old: Catalogue['fields'], fresh: Catalogue['fields'] | undefined) => [
    ...new Map([...old, ...(fresh ?? [])].map((option) => [option.id, option])).values(),
  ];
  return {
    version: imported.version === undefined || imported.version === current.version ? version : imported.version,
    publishedBy: imported.publishedBy ?? current.publishedBy,
    fields: merged(current.fields, imported.fields),
    areaClasses: merged(current.areaClasses, imported.areaClasses),
    procedures: imported.procedures,
    forms: imported.forms ?? current.forms,
    calendar: imported.calendar ?? current.calendar,
  };
}

type Path = ReadonlyArray<string | number>;
type Issue = { path: Path; reason: ImportReason; value?: string };

/** The schema's finding as something an officer can be told. */
function reasonOf(issue: z.core.$ZodIssue, value: unknown): ImportReason {
  switch (issue.code) {
    case 'invalid_type':
      if (value === undefined || value === null) return 'missing';
      return issue.expected === 'number' ? 'not-a-number' : issue.expected === 'int' ? 'not-whole' : 'wrong-form';
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array' ? 'missing' : 'too-small';
    case 'too_big':
      return issue.origin === 'string' || issue.origin === 'array' ? 'too-long' : 'too-large';
    case 'invalid_value':
    case 'invalid_union':
      return value === undefined || value === null ? 'missing' : 'not-one-of';
    case 'custom':
      return issue.message === 'duplicate' ? 'duplicate' : 'wrong-form';
    default:
      return 'wrong-form';
  }
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const key of path) at = typeof at === 'object' && at !== null ? (at as Record<string | number, unknown>)[key] : undefined;
  return at;
}

/** The thing itself, or what is wrong with it. */
function judged<T>(schema: z.ZodType<T>, value: unknown): { ok: true; value: T } | { ok: false; issues: Issue[] } {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  return {
    ok: false,
    issues: parsed.error.issues.map((issue) => {
      const path = issue.path.filter((key): key is string | number => typeof key !== 'symbol');
      const found = valueAt(value, path);
      const shown = typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean' ? String(found).slice(0, 200) : '';
      return { path, reason: reasonOf(issue, found), ...(shown === '' ? {} : { value: shown }) };
    }),
  };
}

/** A procedure that is right by the schema and in itself. */
function judgedProcedure(value: unknown, known: KnownIds): { ok: true; value: Procedure } | { ok: false; issues: Issue[] } {
  const procedure = judged(procedureSchema, value);
  if (!procedure.ok) return procedure;
  const issues = inconsistenciesOf(procedure.value, known);
  return issues.length === 0 ? procedure : { ok: false, issues };
}

const idsOf = (options: readonly { id: string }[]): Set<string> => new Set(options.map(({ id }) => id));

// ---- JSON ----

const pathText = (path: Path): string => path.reduce<string>((text, key) => text + (typeof key === 'number' ? `[${key}]` : `.${key}`), '$');

/** A whole catalogue, or a bare list of procedures. */
export function importJson(text: string): ImportResult<JsonProblem> {
  const refused = (reason: ImportReason): ImportResult<JsonProblem> => ({ catalogue: { procedures: [] }, problems: [{ path: '$', reason }], good: 0, bad: 0 });
  if (text.length > MAX_JSON_LENGTH) return refused('too-big');
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/u, ''));
  } catch {
    return refused('not-json');
  }
  const whole = Array.isArray(json) ? { procedures: json as unknown[] } : json;
  if (typeof whole !== 'object' || whole === null || !Array.isArray(valueAt(whole, ['procedures']))) return refused('wrong-form');

  const problems: JsonProblem[] = [];
  const at = Array.isArray(json) ? [] : ['procedures'];
  const catalogue: ImportedCatalogue = { procedures: [] };
  const take = <T>(schema: z.ZodType<T>, path: Path): T | undefined => {
    const value = valueAt(whole, path);
    if (value === undefined) return undefined;
    const result = shallowly(() => judged(schema, value));
    if (result.ok) return result.value;
    for (const issue of result.issues) problems.push({ ...issue, path: pathText([...path, ...issue.path]) });
    return undefined;
  };

  const { version, publishedBy } = catalogueSchema.shape;
  Object.assign(catalogue, present({ version: take(version, ['version']), publishedBy: take(publishedBy, ['publishedBy']) }));
  Object.assign(catalogue, present({ fields: take(z.array(namedOptionSchema), ['fields']), areaClasses: take(z.array(namedOptionSchema), ['areaClasses']) }));
  Object.assign(catalogue, present({ forms: take(z.array(eFormSchema), ['forms']), calendar: take(calendarSchema, ['calendar']) }));

  const known: KnownIds = present({
    fields: catalogue.fields && idsOf(catalogue.fields),
    areaClasses: catalogue.areaClasses && idsOf(catalogue.areaClasses),
    forms: catalogue.forms && idsOf(catalogue.forms),
  });
  const codes = new Set<string>();
  const procedures = valueAt(whole, ['procedures']) as unknown[];
  procedures.forEach((value, index) => {
    const procedure = shallowly(() => judgedProcedure(value, known));
    const code = valueAt(value, ['code']);
    const issues = procedure.ok ? [] : procedure.issues;
    if (typeof code === 'string' && codes.has(code)) issues.push({ path: ['code'], reason: 'duplicate', value: code });
    if (typeof code === 'string') codes.add(code);
    for (const issue of issues) problems.push({ ...issue, path: pathText([...at, index, ...issue.path]) });
    if (procedure.ok && issues.length === 0) catalogue.procedures.push(procedure.value);
  });
  return { catalogue, problems, good: catalogue.procedures.length, bad: procedures.length - catalogue.procedures.length };
}

/** One thing in JSON by its schema, or every mistake in it. */
export function readJson<T>(schema: z.ZodType<T>, text: string): { ok: true; value: T } | { ok: false; problems: JsonProblem[] } {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/u, ''));
  } catch {
    return { ok: false, problems: [{ path: '$', reason: 'not-json' }] };
  }
  const read = shallowly(() => judged(schema, json));
  return read.ok ? read : { ok: false, problems: read.issues.map((issue) => ({ ...issue, path: pathText(issue.path) })) };
}

/** JSON nested so deep that judging it overflows the stack is wrong, not fatal. */
function shallowly<T>(judge: () => { ok: true; value: T } | { ok: false; issues: Issue[] }): { ok: true; value: T } | { ok: false; issues: Issue[] } {
  try {
    return judge();
  } catch (error) {
    if (error instanceof RangeError) return { ok: false, issues: [{ path: [], reason: 'too-big' }] };
    throw error;
  }
}

function present<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

// ---- workbook ----

/** A row of a sheet: its number and its cells by column name. */
type Row = { sheet: string; number: number; columns: readonly Column[]; cells: ReadonlyMap<string, Cell> };
/** A procedure being put together, and from which row each part of it came. */
type Assembly = { value: Record<string, unknown>; places: Map<string, Row>; issues: SheetProblem[] };

const required = ['procedures', 'timeLimits', 'papers', 'fees', 'agencies'];
const placeKey = (path: Path): string => path.join('\u0000');

/** Sheets and rows whose first letters are `#` are remarks. Sheet and column names are those of `allSheets`. */
export function importRows(sheets: readonly Sheet[]): ImportResult<SheetProblem> {
  const problems: SheetProblem[] = [];
  const known = new Map<string, readonly Column[]>([
    ['catalogue', catalogueColumns],
    ['fields', optionColumns],
    ['areaClasses', optionColumns],
    ['procedures', procedureColumns],
    ...layouts.map(({ name, columns }) => [name, columns] as const),
  ]);
  const rows = new Map<string, Row[]>();
  for (const sheet of sheets) {
    const name = [...known.keys()].find((candidate) => candidate.toLowerCase() === sheet.name.trim().toLowerCase());
    if (name !== undefined) rows.set(name, rowsOf(sheet, name, known.get(name) ?? [], problems));
    else if (!sheet.name.trim().startsWith('#')) problems.push({ sheet: sheet.name, row: 1, column: '', reason: 'unknown-sheet' });
  }
  for (const name of required) if (!rows.has(name)) problems.push({ sheet: name, row: 1, column: '', reason: 'missing-sheet' });

  const catalogue: ImportedCatalogue = { procedures: [] };
  const about = rows.get('catalogue')?.[0];
  if (about !== undefined) {
    const { version, publishedBy } = catalogueSchema.shape;
    const value = entryOf(about);
    const judgedAbout = judged(z.object({ version, publishedBy }), value);
    if (judgedAbout.ok) Object.assign(catalogue, judgedAbout.value);
    else for (const issue of judgedAbout.issues) problems.push(problemAt(about, issue.path, issue));
  }
  for (const name of ['fields', 'areaClasses'] as const) {
    const options = optionsOf(rows.get(name) ?? [], problems);
    if (options.length > 0) catalogue[name] = options;
  }

  const assemblies = assemble(rows, problems);
  const ids: KnownIds = present({ fields: catalogue.fields && idsOf(catalogue.fields), areaClasses: catalogue.areaClasses && idsOf(catalogue.areaClasses) });
  for (const assembly of assemblies.values()) {
    const procedure = judgedProcedure(assembly.value, ids);
    if (!procedure.ok) for (const issue of procedure.issues) assembly.issues.push(located(assembly, issue));
    problems.push(...assembly.issues);
    if (procedure.ok && assembly.issues.length === 0) catalogue.procedures.push(procedure.value);
  }
  return { catalogue, problems, good: catalogue.procedures.length, bad: assemblies.size - catalogue.procedures.length };
}

function optionsOf(rows: readonly Row[], problems: SheetProblem[]): Catalogue['fields'] {
  const options = new Map<string, Catalogue['fields'][number]>();
  for (const row of rows) {
    const option = judged(namedOptionSchema, entryOf(row));
    if (!option.ok) for (const issue of option.issues) problems.push(problemAt(row, issue.path, issue));
    else if (options.has(option.value.id)) problems.push(problemAt(row, ['id'], { reason: 'duplicate', value: option.value.id }));
    else options.set(option.value.id, option.value);
  }
  return [...options.values()];
}

/** Procedures by code, each with the rows of every sheet that names it. */
function assemble(rows: ReadonlyMap<string, readonly Row[]>, problems: SheetProblem[]): Map<string, Assembly> {
  const assemblies = new Map<string, Assembly>();
  for (const row of rows.get('procedures') ?? []) {
    const value = { papers: [], fees: [], timeLimits: [], agencies: [], ...entryOf(row) };
    const code = String((value as { code?: unknown }).code ?? '');
    const first = assemblies.get(code);
    // A row without a code still is a procedure, one that nothing can belong to.
    if (first === undefined || code === '') assemblies.set(code === '' ? `row ${row.number}` : code, { value, places: new Map([['', row]]), issues: [] });
    else first.issues.push(problemAt(row, ['code'], { reason: 'duplicate', value: code }));
  }

  for (const { name, list, parent } of layouts) {
    for (const row of rows.get(name) ?? []) {
      const code = textOf(row.cells.get('procedure') ?? null, 'code');
      const assembly = assemblies.get(code);
      if (assembly === undefined) {
        problems.push({
          sheet: row.sheet,
          row: row.number,
          column: 'procedure',
          ...(code === '' ? { reason: 'missing' } : { reason: 'unknown-procedure', value: code }),
        });
        continue;
      }
      const base = parent === undefined ? [] : ownerOf(assembly, parent, row);
      if (base === null) continue;
      const path = [...base, ...list];
      const index = append(assembly.value, path, entryOf(row));
      assembly.places.set(placeKey([...path, index]), row);
      if (name === 'timeLimits') checkLabel(assembly, row, index);
    }
  }
  return assemblies;
}

const labelOf = (row: Row, by: string): string => textOf(row.cells.get(by) ?? null, 'text');

/** Two time limits under one label: what hangs on the label would hang on either. */
function checkLabel(assembly: Assembly, row: Row, index: number): void {
  const label = labelOf(row, 'limit');
  const isTaken = Array.from({ length: index }, (_, at) => assembly.places.get(placeKey(['timeLimits', at]))).some(
    (other) => label !== '' && other !== undefined && labelOf(other, 'limit') === label,
  );
  if (isTaken) assembly.issues.push({ sheet: row.sheet, row: row.number, column: 'limit', reason: 'duplicate', value: label });
}

/** Path of the time limit or fee a row hangs on, or null with the problem noted. */
function ownerOf(assembly: Assembly, parent: { sheet: string; by: string }, row: Row): Path | null {
  const label = labelOf(row, parent.by);
  const owners = (assembly.value[parent.sheet] ?? []) as Array<{ id?: unknown }>;
  const index = owners.findIndex((owner, at) => {
    const place = assembly.places.get(placeKey([parent.sheet, at]));
    return label !== '' && (parent.sheet === 'fees' ? owner.id === label : place !== undefined && labelOf(place, 'limit') === label);
  });
  if (index >= 0) return [parent.sheet, index];
  assembly.issues.push({
    sheet: row.sheet,
    row: row.number,
    column: parent.by,
    ...(label === '' ? { reason: 'missing' } : { reason: 'unknown-reference', value: label }),
  });
  return null;
}

function append(value: Record<string, unknown>, path: Path, entry: unknown): number {
  let owner: Record<string | number, unknown> = value;
  for (const key of path.slice(0, -1)) owner = (owner[key] ??= {}) as Record<string | number, unknown>;
  const list = (owner[path.at(-1) ?? ''] ??= []) as unknown[];
  return list.push(entry) - 1;
}

/** The row the deepest part of a path came from, and the column of the rest. */
function located(assembly: Assembly, issue: Issue): SheetProblem {
  for (let depth = issue.path.length; depth > 0; depth--) {
    const row = assembly.places.get(placeKey(issue.path.slice(0, depth)));
    if (row !== undefined) return problemAt(row, issue.path.slice(depth), issue);
  }
  const row = assembly.places.get('');
  return row === undefined ? { sheet: 'procedures', row: 1, column: '', ...issue } : problemAt(row, issue.path, issue);
}

function problemAt(row: Row, path: Path, { reason, value }: { reason: ImportReason; value?: string }): SheetProblem {
  const matches = (column: Column): boolean => column.path !== undefined && column.path.every((key, at) => at >= path.length || key === path[at]);
  const column = row.columns.filter(matches).sort((one, other) => shared(other, path) - shared(one, path))[0];
  const cell = column === undefined ? null : (row.cells.get(column.key) ?? null);
  const shown = value ?? (cell === null ? undefined : textOf(cell, 'text'));
  return {
    sheet: row.sheet,
    row: row.number,
    column: column?.key ?? String(path[0] ?? ''),
    reason,
    ...(shown === undefined || shown === '' ? {} : { value: shown.slice(0, 200) }),
  };
}

const shared = ({ path = [] }: Column, other: Path): number => {
  let count = 0;
  while (count < path.length && path[count] === other[count]) count++;
  return count;
};

function rowsOf({ rows }: Sheet, name: string, columns: readonly Column[], problems: SheetProblem[]): Row[] {
  const isRemark = (cells: readonly Cell[]): boolean => typeof cells[0] === 'string' && cells[0].trim().startsWith('#');
  const isBlank = (cells: readonly Cell[]): boolean => cells.every((cell) => cell === null || cell === '');
  const headAt = rows.findIndex((cells) => !isBlank(cells) && !isRemark(cells));
  const heads = (rows[headAt] ?? []).map((cell, at) => {
    const text = cell === null ? '' : String(cell).trim();
    const column = columns.find(({ key }) => key.toLowerCase() === text.toLowerCase());
    const isUsed = rows.slice(headAt + 1).some((cells) => !isRemark(cells) && (cells[at] ?? null) !== null && cells[at] !== '');
    if (column === undefined && (text !== '' || isUsed)) problems.push({ sheet: name, row: headAt + 1, column: text, reason: 'unknown-column' });
    return column?.key;
  });
  return rows.flatMap((cells, at) => {
    if (at <= headAt || isBlank(cells) || isRemark(cells)) return [];
    return [
      {
        sheet: name,
        number: at + 1,
        columns,
        cells: new Map(heads.flatMap((key, index) => (key === undefined ? [] : [[key, cells[index] ?? null] as const]))),
      },
    ];
  });
}

/** The row as the schema wants it: empty cells left out, values where their columns say. */
function entryOf(row: Row): Record<string, unknown> {
  const entry: Record<string, unknown> = {};
  for (const { key, type, path } of row.columns) {
    if (path === undefined) continue;
    const value = valueOf(row.cells.get(key) ?? null, type);
    if (value === undefined) continue;
    let owner = entry;
    for (const step of path.slice(0, -1)) owner = (owner[step] ??= {}) as Record<string, unknown>;
    owner[path.at(-1) ?? key] = value;
  }
  // The one value that is no value: time set by an approved project.
  if (valueAt(entry, ['limit', 'unit']) === BY_PROJECT) entry['limit'] = null;
  // A step without a last page holds for all further pages.
  if (row.sheet === 'feeSteps') entry['upToPage'] ??= null;
  return entry;
}

function valueOf(cell: Cell, type: Column['type']): unknown {
  const text = textOf(cell, type);
  if (text === '') return undefined;
  switch (type) {
    case 'number':
      return typeof cell === 'number' ? cell : numberIn(text);
    case 'ids':
      return text.split(/[\s,;]+/u).filter((id) => id !== '');
    case 'lines':
      return String(cell)
        .split(/[\n|]/u)
        .map(tidy)
        .filter((line) => line !== '');
    case 'flag':
    case 'answer':
      return /^(x|1|true|yes|có)$/iu.test(text) ? true : /^(-|0|false|no|không)$/iu.test(text) ? false : text;
    case 'text':
    case 'code':
    case 'time':
      return text;
  }
}

/** `280.000` and `280 000` are thousands and `0,5` a half, as people here write them; what is no number stays text, for the schema to refuse. */
function numberIn(text: string): number | string {
  const compact = text.replace(/\s/gu, '');
  if (/^[1-9]\d{0,2}(\.\d{3})+$/u.test(compact)) return Number(compact.replaceAll('.', ''));
  return /^-?\d+([.,]\d+)?$/u.test(compact) ? Number(compact.replace(',', '.')) : text;
}

function textOf(cell: Cell, type: Column['type']): string {
  if (cell === null) return '';
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? '' : type === 'time' ? cell.toISOString().slice(11, 16) : cell.toISOString().slice(0, 10);
  // 1.011440 typed as a number arrives as 1.01144.
  if (typeof cell === 'number' && type === 'code') return cell.toFixed(6);
  // A time of day is a fraction of a day.
  if (typeof cell === 'number' && type === 'time' && cell >= 0 && cell < 1) return new Date(Math.round(cell * 1440) * 60_000).toISOString().slice(11, 16);
  const text = tidy(String(cell));
  return type === 'time' && /^\d:\d\d$/u.test(text) ? `0${text}` : text;
}
