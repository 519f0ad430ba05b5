/**
 * What entries say lies by month, apart from the places they hold: `journal_entries` alone keeps a place from being taken twice,
 * in whatever month. What it held before stays readable in it and is moved behind everybody's back (`content-moving-store.ts`).
 */
import { type Kysely, type Migration, sql } from 'kysely';

const statements = [
  // Nothing here reads or writes a row. Servers of the version before go on filling all columns.
  sql`alter table journal_entries
    add column month date,
    alter column at_ms drop not null,
    alter column monotonic_ms drop not null,
    alter column operator_id drop not null,
    alter column previous_hash drop not null,
    alter column body_hash drop not null,
    alter column operation drop not null`,

  // Every key begins with the device: the rows can be spread over machines by it, beside those of their places.
  sql`create table journal_contents (
    device_id uuid not null,
    seq bigint not null,
    month date not null,
    at_ms bigint not null,
    monotonic_ms double precision not null,
    operator_id text not null,
    previous_hash text not null,
    body_hash text not null,
    -- Text, not jsonb: the chain hashes the very characters, and jsonb reorders members.
    operation text not null,
    told_at_ms bigint,
    primary key (device_id, seq, month)
  ) partition by range (month)`,
  sql`create index journal_contents_told on journal_contents (told_at_ms, device_id, seq) where told_at_ms is not null`,
  sql`do $$ begin
    if exists (select from pg_settings where name = 'default_toast_compression' and 'lz4' = any (enumvals)) then
      alter table journal_contents alter column operation set compression lz4;
    else
      alter table journal_contents alter column operation set storage external;
    end if;
  end $$`,
  // For months that have no table of their own: of clocks that are years off.
  sql`create table journal_contents_other partition of journal_contents default`,

  // Entries whole, wherever what they say lies. The limit makes PostgreSQL look it up by the entry's month instead of joining all months.
  sql`create view journal as
    select e.device_id, e.seq, e.operation_id, e.hash, e.month, e.status, e.reason, e.field, e.received_at,
      coalesce(e.at_ms, c.at_ms) as at_ms, coalesce(e.monotonic_ms, c.monotonic_ms) as monotonic_ms,
      coalesce(e.operator_id, c.operator_id) as operator_id, coalesce(e.previous_hash, c.previous_hash) as previous_hash,
      coalesce(e.body_hash, c.body_hash) as body_hash, coalesce(e.operation, c.operation) as operation
    from journal_entries e
      left join lateral (
        select * from journal_contents c
        where e.operation is null and c.device_id = e.device_id and c.seq = e.seq and c.month = e.month limit 1
      ) c on true`,
];

export const journalMonths: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await statement.execute(db);
  },
};
