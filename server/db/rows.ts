/** Owns how many rows reach PostgreSQL in one statement: as one array a column. */
import { sql, type RawBuilder } from 'kysely';

/** `hex`: texts of hexadecimal digits. */
type ColumnType = 'int' | 'bigint' | 'double precision' | 'uuid' | 'boolean' | 'date' | 'hex' | 'text' | 'timestamptz';
export type Column = { name: string; type: ColumnType; values: readonly unknown[] };

/** Nothing in them has a meaning in the text of an array, so that none of them is looked through for it. */
const plainTypes: ReadonlySet<ColumnType> = new Set(['int', 'bigint', 'double precision', 'uuid', 'boolean', 'date', 'hex']);

/** Makes columns of what there is of each row. */
export const columnsFrom =
  <Row>(rows: readonly Row[]) =>
  (name: string, type: ColumnType, value: (row: Row) => unknown): Column => ({ name, type, values: rows.map(value) });

/** The columns' names, as a statement lists them. */
export const namesOf = (columns: readonly Column[]): RawBuilder<unknown> => sql.join(columns.map(({ name }) => sql.id(name)));

/** What stands behind `from`: a relation of that name with these columns, its rows in their order. */
export const relationOf = (name: string, columns: readonly Column[]): RawBuilder<unknown> =>
  sql`unnest(${sql.join(columns.map(arrayOf))}) as ${sql.id(name)} (${namesOf(columns)})`;

/** One parameter of many values. */
function arrayOf({ type, values }: Column): RawBuilder<unknown> {
  const given = plainTypes.has(type) ? `{${values.map((value) => value ?? 'null').join(',')}}` : values;
  return sql`${given}::${sql.raw(type === 'hex' ? 'text' : type)}[]`;
}
