/** Owns how many long texts reach PostgreSQL in one statement: as the bytes they are, behind one another, with nothing to escape or to parse. */
import { sql, type RawBuilder } from 'kysely';
import { relationOf, type Column } from './rows.ts';

type Slices = {
  /** A relation of one row a text, in their order: `from_byte`, `byte_count`, then the columns given. */
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
      return sql`(values (${bytes}::bytea)) as whole (bytes), ${relationOf('fresh', all)}`;
    },
    // Cut out of bytes, not of a text: PostgreSQL would count the characters of a text from its beginning each time.
    text: sql<string>`convert_from(substring(whole.bytes from fresh.from_byte for fresh.byte_count), 'UTF8')`,
  };
}
