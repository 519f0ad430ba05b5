/** Reads the answers of an e-form back as lines of words: titles from the schema, choices by their names. */

export type FormLine = { label: string; value: string; /** Titles of the sections it stands in. */ section: string };

type Schema = {
  title?: unknown;
  properties?: unknown;
  items?: unknown;
  oneOf?: unknown;
  allOf?: unknown;
  if?: unknown;
  then?: unknown;
  else?: unknown;
  format?: unknown;
};

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const asSchema = (value: unknown): Schema => (isObject(value) ? value : {});
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** A property may be described in the schema itself or in any of its conditional branches. */
function propertySchema(schema: Schema, key: string): Schema | undefined {
  const own = isObject(schema.properties) ? schema.properties[key] : undefined;
  const branches = [...listOf(schema.allOf), schema.then, schema.else];
  const found = [own, ...branches.map((branch) => (isObject(branch) ? propertySchema(branch, key) : undefined))].filter(isObject);
  return found.find((candidate) => 'title' in candidate) ?? found[0];
}

const titleOf = (schema: Schema, key: string): string => (typeof schema.title === 'string' ? schema.title : key);

function wordsOf(schema: Schema, value: unknown, yesNo: { yes: string; no: string }): string {
  if (typeof value === 'boolean') return value ? yesNo.yes : yesNo.no;
  const choice = listOf(schema.oneOf).find((option) => isObject(option) && option.const === value);
  if (isObject(choice) && typeof choice.title === 'string') return choice.title;
  const text = String(value);
  return schema.format === 'date' && /^\d{4}-\d{2}-\d{2}$/u.test(text) ? text.split('-').reverse().join('/') : text;
}

export function formLines(schema: Record<string, unknown>, data: Record<string, unknown>, yesNo: { yes: string; no: string }, section = ''): FormLine[] {
  return Object.entries(data).flatMap(([key, value]): FormLine[] => {
    if (value === null || value === undefined || value === '') return [];
    const property = propertySchema(schema, key) ?? {};
    const label = titleOf(property, key);
    const inside = section === '' ? label : `${section} · ${label}`;
    if (isObject(value)) return formLines(property, value, yesNo, inside);
    if (!Array.isArray(value)) return [{ label, value: wordsOf(property, value, yesNo), section }];
    const items = asSchema(property.items);
    if (!value.some(isObject)) return [{ label, value: value.map((item) => wordsOf(items, item, yesNo)).join(', '), section }];
    return value.flatMap((item, index) => (isObject(item) ? formLines(items as Record<string, unknown>, item, yesNo, `${inside} ${index + 1}`) : []));
  });
}
