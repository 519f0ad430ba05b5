/** What the supervisors' page stands on: their accounts and sessions, what they did, what devices report, alarms. */
import { type Kysely, type Migration, sql } from 'kysely';

const statements = [
  sql`create table device_reports (
    device_id uuid primary key references devices,
    reported_at timestamptz not null,
    clock_ahead_ms bigint not null,
    report jsonb not null
  )`,

  // One row for the same alarm of the same device on one day: a device that repeats its fault does not fill the table.
  sql`create table alarms (
    alarm_id bigint generated always as identity primary key,
    what text not null,
    device_id uuid,
    day date not null,
    facts jsonb not null,
    times integer not null default 1,
    first_at timestamptz not null,
    last_at timestamptz not null,
    seen_by text,
    seen_at timestamptz
  )`,
  sql`create unique index alarms_of_day on alarms (what, day, coalesce(device_id, '00000000-0000-0000-0000-000000000000'))`,
  sql`create index alarms_open on alarms (last_at) where seen_at is null`,

  sql`create table supervisors (
    name text primary key,
    password_hash text not null,
    created_at timestamptz not null
  )`,
  // Also of names that do not exist: who guesses learns nothing from being locked out.
  sql`create table supervisor_failures (
    name text primary key,
    failures integer not null,
    locked_until timestamptz not null,
    last_at timestamptz not null
  )`,
  sql`create table supervisor_sessions (
    token_hash text primary key,
    supervisor text not null references supervisors on delete cascade,
    created_at timestamptz not null
  )`,
  // Names of accounts are kept as text: what someone did outlives their account.
  sql`create table supervisor_audit (
    audit_id bigint generated always as identity primary key,
    at timestamptz not null,
    supervisor text not null,
    action text not null,
    facts jsonb not null
  )`,
];

export const supervisor: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await statement.execute(db);
  },
};
