/** Judges e-form data against its JSON Schema and says, per field, which rule it breaks; no code is generated, so a strict CSP holds. */
import { Validator, type OutputUnit, type Schema } from '@cfworker/json-schema';
import type { EForm } from '../catalogue/catalogue.ts';

/** `rule` is the JSON Schema keyword (`format` carries which format); `limit` is its value where words need it. */
export type FormProblem = { path: string[]; rule: string; limit?: string | number; label: string };

type Json = Record<string, unknown>;

/** Keywords that only repeat what a sub-schema already said. */
const wrappers = new Set([
  'properties',
  'additionalProperties',
  'patternProperties',
  'items',
  'prefixItems',
  'allOf',
  'if',
  '$ref',
  '$recursiveRef',
  'dependentSchemas',
  'dependencies',
  'contains',
  'propertyNames',
  'unevaluatedProperties',
]);
const branches = new Set(['anyOf', 'oneOf']);

const segments = (pointer: string): string[] =>
  pointer
    .replace(/^#?\/?/u, '')
    .split('/')
    .filter((part) => part !== '')
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'));

const at = (root: unknown, path: string[]): unknown =>
  path.reduce<unknown>((node, key) => (node !== null && typeof node === 'object' ? (node as Json)[key] : undefined), root);

/** A choice between branches fails with the errors of all of them: only those of the branch whose `const`/`enum` marks fit are worth saying. */
function withoutForeignBranches(units: OutputUnit[]): OutputUnit[] {
  const branchOf = (unit: OutputUnit): string | undefined => /^.*\/(?:anyOf|oneOf)\/\d+/u.exec(unit.keywordLocation)?.[0];
  const foreign = new Set(units.filter((unit) => unit.keyword === 'const' || unit.keyword === 'enum').map(branchOf));
  const fitting = units.filter((unit) => {
    const branch = branchOf(unit);
    return branch === undefined || !foreign.has(branch);
  });
  return fitting.filter((unit) => !branches.has(unit.keyword) || !fitting.some((other) => other.keywordLocation.startsWith(`${unit.keywordLocation}/`)));
}

/** The schema of the field at a path of the data, wherever in the schema's conditions it is declared. */
function schemaAt(node: unknown, path: string[]): Json | undefined {
  if (node === null || typeof node !== 'object') return undefined;
  const schema = node as Json;
  const [head, ...rest] = path;
  if (head === undefined) return schema;
  const children = [at(schema['properties'], [head]), /^\d+$/u.test(head) ? schema['items'] : undefined];
  const applicators = ['allOf', 'anyOf', 'oneOf'].flatMap((key) => (Array.isArray(schema[key]) ? (schema[key] as unknown[]) : []));
  const conditions = [schema['then'], schema['else'], ...applicators, ...Object.values((schema['dependentSchemas'] ?? schema['dependencies'] ?? {}) as Json)];
  for (const child of children) {
    const found = schemaAt(child, rest);
    if (found !== undefined) return found;
  }
  for (const condition of conditions) {
    const found = schemaAt(condition, path);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Title of the field at a path of the data; its key where the schema gives none. */
export function labelOf(schema: unknown, path: string[]): string {
  const title = schemaAt(schema, path)?.['title'];
  return typeof title === 'string' ? title : (path.at(-1) ?? '');
}

/** Following a schema's references costs more than judging by it. */
const validators = new WeakMap<Schema, Validator>();
function validatorOf(schema: Schema): Validator {
  const known = validators.get(schema) ?? new Validator(schema, '2020-12', false);
  validators.set(schema, known);
  return known;
}

/** One problem a field, in the order the schema declares them; empty when the data is right. */
export function validateAgainst(schema: unknown, data: unknown): FormProblem[] {
  const { valid, errors } = validatorOf(schema as Schema).validate(data ?? {});
  if (valid) return [];
  const seen = new Set<string>();
  return withoutForeignBranches(errors.filter((unit) => !wrappers.has(unit.keyword) && unit.keyword !== 'false')).flatMap((unit) => {
    const place = segments(unit.instanceLocation);
    const missing = unit.keyword === 'required' || unit.keyword === 'dependentRequired' ? /"([^"]*)"\.$/u.exec(unit.error)?.[1] : undefined;
    const path = missing === undefined ? place : [...place, missing];
    // A field that breaks two rules is told the first; the second is often the same mistake.
    const key = path.join('/');
    if (seen.has(key)) return [];
    seen.add(key);
    const value = at(schema, segments(unit.keywordLocation));
    return [
      {
        path,
        rule: unit.keyword === 'dependentRequired' ? 'required' : unit.keyword,
        label: labelOf(schema, path),
        ...(typeof value === 'string' || typeof value === 'number' ? { limit: value } : {}),
      },
    ];
  });
}

function writeEmptyObject(data: unknown, [head, ...rest]: string[]): unknown {
  if (head === undefined) return {};
  if (Array.isArray(data)) return data.map((item, index) => (String(index) === head ? writeEmptyObject(item, rest) : (item as unknown)));
  const node = (data ?? {}) as Json;
  return { ...node, [head]: writeEmptyObject(node[head], rest) };
}

/** Where a field stands on the page, level by level: by `ui:order` where the form has one, else as the schema declares it. */
function placeOf({ schema, uiSchema }: Pick<EForm, 'schema' | 'uiSchema'>, path: string[]): number[] {
  return path.map((key, depth) => {
    const parent = path.slice(0, depth);
    const order = at(uiSchema, [...parent.map((step) => (/^\d+$/u.test(step) ? 'items' : step)), 'ui:order']);
    const keys = Array.isArray(order) ? order : Object.keys(schemaAt(schema, parent)?.['properties'] ?? {});
    const place = /^\d+$/u.test(key) ? Number(key) : keys.indexOf(key);
    // Fields a condition adds come after the others.
    return place < 0 ? Number.MAX_SAFE_INTEGER : place;
  });
}

const compare = (one: number[], other: number[]): number => {
  const depth = one.findIndex((place, index) => place !== other[index]);
  return depth < 0 ? one.length - other.length : (one[depth] ?? 0) - (other[depth] ?? -1);
};

/** As `validateAgainst`, in the order of the page; and a part of the form nobody has begun is told field by field, not as one missing object. */
export function validateForm(form: Pick<EForm, 'schema' | 'uiSchema'>, data: unknown): FormProblem[] {
  const problems = validateAgainst(form.schema, data);
  const unbegun = problems.filter(({ path, rule }) => rule === 'required' && schemaAt(form.schema, path)?.['type'] === 'object');
  if (unbegun.length > 0)
    return validateForm(
      form,
      unbegun.reduce<unknown>((begun, { path }) => writeEmptyObject(begun, path), data),
    );
  const placed = problems.map((problem) => ({ problem, place: placeOf(form, problem.path) }));
  return placed.sort((one, other) => compare(one.place, other.place)).map(({ problem }) => problem);
}
