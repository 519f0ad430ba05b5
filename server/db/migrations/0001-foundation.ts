/** The first schema: devices and their numbers, the journal, dossiers, scans, tickets. */
import { type Kysely, type Migration, sql } from 'kysely';

const statements = [
  // For the exclusion constraint of number_leases (text compared inside a GiST index).
  sql`create extension if not exists btree_gist`,

  sql`create table server_state (
    singleton boolean primary key default true check (singleton),
    epoch integer not null check (epoch >= 0),
    signing_key jsonb not null
  )`,

  sql`create table agencies (
    agency_code text primary key,
    next_instance integer not null default 1
  )`,

  sql`create table offices (
    office_id text primary key,
    agency_code text not null references agencies
  )`,

  sql`create table devices (
    device_id uuid primary key,
    journal_id uuid not null unique,
    office_id text not null references offices,
    agency_code text not null references agencies,
    instance integer not null check (instance >= 1),
    name text not null,
    app_version text not null,
    public_key jsonb not null,
    enrolled_at timestamptz not null,
    last_seen_at timestamptz,
    revoked_at timestamptz,
    head_seq bigint not null default 0,
    head_hash text not null default repeat('0', 64),
    catalogue_version text,
    unique (agency_code, instance)
  )`,

  sql`create table enrolment_codes (
    code_hash text primary key,
    office_id text not null references offices,
    expires_at timestamptz not null,
    used_at timestamptz,
    device_id uuid references devices
  )`,

  // The rule "two papers never share a code" is kept by the database itself, whatever the program does.
  sql`create table number_leases (
    lease_id uuid primary key,
    agency_code text not null references agencies,
    device_id uuid not null references devices,
    numbers int4range not null check (not isempty(numbers) and lower(numbers) >= 1),
    validity daterange not null check (not isempty(validity)),
    epoch integer not null,
    leased_at timestamptz not null,
    journaled_at timestamptz,
    exclude using gist (agency_code with =, numbers with &&, validity with &&)
  )`,
  sql`create index number_leases_of_device on number_leases (device_id)`,

  sql`create table seen_assertions (
    device_id uuid not null references devices,
    jti text not null,
    expires_at timestamptz not null,
    primary key (device_id, jti)
  )`,
  sql`create index seen_assertions_expiry on seen_assertions (expires_at)`,

  // The idempotency record stands apart from journal_entries: it stays unique over the whole province when a re-enrolled device
  // journals an operation anew.
  sql`create table operations (
    operation_id uuid primary key,
    body_hash text not null,
    device_id uuid not null references devices,
    status text not null check (status in ('applied', 'rejected')),
    reason text,
    field text,
    decided_at timestamptz not null
  )`,

  // operation is text, not jsonb: the chain hashes the very characters, and jsonb reorders members.
  sql`create table journal_entries (
    device_id uuid not null references devices,
    seq bigint not null check (seq >= 1),
    operation_id uuid not null,
    at_ms bigint not null,
    monotonic_ms double precision not null,
    operator_id text not null,
    previous_hash text not null,
    hash text not null,
    body_hash text not null,
    operation text not null,
    status text not null check (status in ('applied', 'rejected')),
    reason text,
    field text,
    received_at timestamptz not null,
    primary key (device_id, seq)
  )`,
  sql`create index journal_entries_operation on journal_entries (operation_id)`,

  sql`create table dossiers (
    dossier_id uuid primary key,
    arrival bigint generated always as identity unique,
    code text not null unique,
    office_id text not null references offices,
    agency_code text not null references agencies,
    device_id uuid not null references devices,
    operation_id uuid not null unique,
    procedure_code text not null,
    accepted_at_ms bigint not null,
    due_at_ms bigint,
    accepted_offline boolean not null,
    body jsonb not null,
    received_at timestamptz not null
  )`,
  sql`create index dossiers_of_office on dossiers (office_id, arrival)`,

  sql`create table dossier_scans (
    dossier_id uuid not null references dossiers,
    sha256 text not null,
    bytes integer not null,
    media_type text not null,
    primary key (dossier_id, sha256)
  )`,
  sql`create index dossier_scans_digest on dossier_scans (sha256)`,

  sql`create table scans (
    sha256 text primary key,
    bytes integer not null,
    media_type text not null,
    stored_at timestamptz not null
  )`,
  // An office holds a scan only after it sent the bytes: naming a digest is no proof of having them.
  sql`create table scan_offices (
    sha256 text not null references scans,
    office_id text not null references offices,
    device_id uuid not null references devices,
    verified_at timestamptz not null,
    primary key (sha256, office_id)
  )`,

  // A call may arrive before the issue (another device of the office sends it), so what only the issue knows may be null.
  sql`create table tickets (
    ticket_id uuid primary key,
    office_id text not null references offices,
    number text not null,
    group_id text,
    date date,
    priority text,
    issued_at_ms bigint,
    state text not null check (state in ('waiting', 'called', 'served', 'no-show')),
    counter text,
    called_at_ms bigint,
    calls integer not null default 0,
    ended_at_ms bigint
  )`,
  sql`create index tickets_of_office on tickets (office_id, date)`,
];

export const foundation: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await statement.execute(db);
  },
};
