/** Owns how many long texts reach PostgreSQL in one statement: as the bytes they are, behind one another, with nothing to escape or to parse. */
import { sql, type RawBuilder } from 'kysely';

/** `hex`: texts of hexadecimal digits. */
export type ColumnType = 'int' | 'bigint' | 'double precision' | 'uuid' | 'boolean' | 'date' | 'hex' | 'text' | 'timestamptz';
export type Column = { name: string; type: ColumnType; values: readonly unknown[] };

/** Nothing in them has a meaning in the text of an array, so that none of them is looked through for it. */
const plainTypes: ReadonlySet<ColumnType> = new Set(['int', 'bigint', 'double precision', 'uuid', 'boolean', 'date', 'hex']);

/** One parameter of many values. */
export function arrayOf(type: ColumnType, values: readonly unknown[]): RawBuilder<unknown> {
  const given = plainTypes.has(type) ? `{${values.map((value) => value ?? 'null').join(',')}}` : values;
  return sql`${given}::${sql.raw(type === 'hex' ? 'text' : type)}[]`;
}

type Slices = {
  /** A relation of one row a text, in their order: `from_byte`, `byte_count`, then what `unnest` makes of the columns given. */
  join(columns: readonly Column[]): RawBuilder<unknown>;
  /** Within `join`: the row's text. */
  text: RawBuilder<string>;
};

export function slicesOf(texts: readonly Buffer[]): Slices {
  const bytes = Buffer.concat(texts);
  let at = 1;
  const from = texts.map(({ length }) => (at += length) - length);
  const lengths = texts.map(({ length }) => length);
  return {
    join(columns) {
      const all: Column[] = [{ name: 'from_byte', type: 'int', values: from }, { name: 'byte_count', type: 'int', values: lengths }, ...columns];
      const arrays = all.map(({ type, values }) => arrayOf(type, values));
      return sql`(values (${bytes}::bytea)) as whole (bytes), unnest(${sql.join(arrays)}) as fresh (${sql.join(all.map(({ name }) => sql.id(name)))})`;
    },
    // Cut out of bytes, not of a text: PostgreSQL would count the characters of a text from its beginning each time.
    text: sql<string>`convert_from(substring(whole.bytes from fresh.from_byte for fresh.byte_count), 'UTF8')`,
  };
}
