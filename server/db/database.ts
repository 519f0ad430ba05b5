/** Owns the connection to PostgreSQL and the names and types of its columns. */
import { type Generated, type JSONColumnType, Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import type { Health } from '../../shared/upstreams/health.ts';
import type { Route } from '../../shared/upstreams/routing.ts';
import type { UpstreamDeliveryState, UpstreamName } from '../../shared/upstreams/upstream.ts';
import type { Difference, Outcome } from '../../shared/reconciliation/compare.ts';
import type { PublicationKind } from '../../shared/publications/publication.ts';
import type { DeviceReport } from '../../shared/sync/device-report.ts';

/** The public and, for the server's own key, private members of an EC P-256 JWK. */
export type PublicJwk = { kty: 'EC'; crv: 'P-256'; x: string; y: string };
export type PrivateJwk = PublicJwk & { d: string };

type Verdict = 'applied' | 'rejected';
type Json<T extends object | null> = JSONColumnType<T, string, string>;
type OrNull<T> = { [Name in keyof T]: T[Name] | null };

/** The place an entry holds in the journal of its device, and what was decided about it. */
type EntryPlace = {
  device_id: string;
  seq: number;
  operation_id: string;
  hash: string;
  /** Under which what it says lies. */
  month: string | null;
  status: Verdict;
  reason: string | null;
  field: string | null;
  received_at: Date;
};
/** What an entry says. */
type EntryContent = {
  at_ms: number;
  monotonic_ms: number;
  operator_id: string;
  previous_hash: string;
  body_hash: string;
  operation: string;
  /** When the dossier was accepted that it says whole; only of entries that were applied. */
  told_at_ms: number | null;
};

export type Tables = {
  server_state: { singleton: Generated<boolean>; epoch: number; signing_key: Json<PrivateJwk>; database_mark: string | null };
  agencies: { agency_code: string; next_instance: Generated<number>; number_start: Generated<number> };
  offices: { office_id: string; agency_code: string };
  enrolment_codes: {
    code_hash: string;
    office_id: string;
    expires_at: Date;
    used_at: Date | null;
    device_id: string | null;
    replaces: string | null;
  };
  devices: {
    device_id: string;
    journal_id: string;
    office_id: string;
    agency_code: string;
    instance: number;
    name: string;
    app_version: string;
    public_key: Json<PublicJwk>;
    enrolled_at: Date;
    last_seen_at: Date | null;
    revoked_at: Date | null;
    destroy: 'now' | 'when-delivered' | null;
    head_seq: Generated<number>;
    head_hash: Generated<string>;
    catalogue_version: string | null;
  };
  number_leases: {
    lease_id: string;
    agency_code: string;
    device_id: string;
    numbers: string;
    validity: string;
    epoch: number;
    leased_at: Date;
    journaled_at: Date | null;
  };
  seen_assertions: { device_id: string; jti: string; expires_at: Date };
  operations: {
    operation_id: string;
    body_hash: string;
    device_id: string;
    status: Verdict;
    reason: string | null;
    field: string | null;
    decided_at: Date;
  };
  /** What an entry says is null where it lies in its month, and `month` where it still lies here: see `content-moving-store.ts`. */
  journal_entries: EntryPlace & OrNull<EntryContent>;
  /** What entries say, by month. */
  journal_contents: { device_id: string; seq: number; month: string } & EntryContent;
  /** Entries whole: a view. What they say is null where its month was taken out of the database. */
  journal: EntryPlace & Omit<EntryContent, 'told_at_ms'>;
  dossiers: {
    dossier_id: string;
    arrival: Generated<number>;
    code: string;
    office_id: string;
    agency_code: string;
    device_id: string;
    operation_id: string;
    procedure_code: string;
    accepted_at_ms: number;
    due_at_ms: number | null;
    accepted_offline: boolean;
    body: Json<object>;
    received_at: Date;
  };
  dossier_scans: { dossier_id: string; sha256: string; bytes: number; media_type: string };
  scans: { sha256: string; bytes: number; media_type: string; stored_at: Date };
  scan_offices: { sha256: string; office_id: string; device_id: string; verified_at: Date };
  tickets: {
    ticket_id: string;
    office_id: string;
    number: string;
    group_id: string | null;
    date: string | null;
    priority: string | null;
    issued_at_ms: number | null;
    state: 'waiting' | 'called' | 'served' | 'no-show';
    counter: string | null;
    called_at_ms: number | null;
    calls: Generated<number>;
    ended_at_ms: number | null;
  };
  upstream_deliveries: {
    dossier_id: string;
    upstream: UpstreamName;
    office_id: string;
    state: UpstreamDeliveryState;
    since_ms: number;
    tries: Generated<number>;
    job_id: string | null;
    reference: string | null;
    reason: string | null;
    field: string | null;
    changed_at: Generated<Date>;
  };
  service_ratings: { office_id: string; date: string; score: number; reason: Generated<string>; count: number };
  upstream_health: { upstream: UpstreamName; health: Json<Health> };
  upstream_plan: { singleton: Generated<boolean>; plan: Json<{ connected: UpstreamName[]; routes: Route[] }> };
  day_statements: {
    device_id: string;
    date: string;
    head_seq: number;
    digest: string;
    statement: string;
    signature: string;
    received_at: Date;
    outcome: Outcome['status'];
    differences: Json<Difference[]>;
    judged_at: Date;
  };
  upload_locks: { upload_id: string; holder: string; held_until: Date; is_wanted: Generated<boolean> };
  device_reports: { device_id: string; reported_at: Date; clock_ahead_ms: number; report: Json<DeviceReport> };
  alarms: {
    alarm_id: Generated<number>;
    what: string;
    device_id: string | null;
    day: string;
    facts: Json<object>;
    times: Generated<number>;
    first_at: Date;
    last_at: Date;
    seen_by: string | null;
    seen_at: Date | null;
  };
  supervisors: { name: string; password_hash: string; created_at: Date };
  supervisor_failures: { name: string; failures: number; locked_until: Date; last_at: Date };
  supervisor_sessions: { token_hash: string; supervisor: string; created_at: Date };
  published_documents: { sha256: string; bytes: number; packed: Buffer };
  publications: {
    position: Generated<number>;
    kind: PublicationKind;
    /** Null: of every office. */
    office_id: string | null;
    version: string;
    sha256: string;
    published_at: Date;
    published_by: string | null;
  };
  supervisor_audit: { audit_id: Generated<number>; at: Date; supervisor: string; action: string; facts: Json<object> };
};

export type Database = Kysely<Tables>;
/** Where a store function runs: the pool, or a transaction its caller holds. */
export type Connection = Kysely<Tables> | Transaction<Tables>;

const pools = new WeakMap<Database, pg.Pool>();

/** Connections that are open, those of them idle, and requests waiting for one. */
export function poolUse(db: Database): { total: number; idle: number; waiting: number } {
  const pool = pools.get(db);
  return { total: pool?.totalCount ?? 0, idle: pool?.idleCount ?? 0, waiting: pool?.waitingCount ?? 0 };
}

const INT8 = 20;
const DATE = 1082;

/** `onBroken` hears of connections that broke; the pool replaces them by itself, and the query under way fails as usual. */
export function openDatabase(url: string, onBroken: (error: Error) => void): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 5_000,
    application_name: 'qmc-province-pool',
    types: {
      // Every bigint here counts milliseconds, sequence numbers or arrivals: far below 2^53.
      getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
        if (oid === INT8) return Number;
        if (oid === DATE) return (text: string) => text;
        return pg.types.getTypeParser(oid, format);
      }) as typeof pg.types.getTypeParser,
    },
  });
  pool.on('error', () => undefined);
  // The pool listens to its idle connections only; one that breaks inside a transaction would end the whole server.
  pool.on('connect', (client) => client.on('error', onBroken));
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  pools.set(db, pool);
  return db;
}
