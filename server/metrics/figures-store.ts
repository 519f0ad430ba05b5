/** Owns what is counted in the database when someone asks for the metrics: sums only, nothing of any one dossier. */
import { sql } from 'kysely';
import type { Connection } from '../db/database.ts';
import { monthsHeld } from '../db/month-store.ts';
import { monthAt, monthsAhead } from '../db/months.ts';

export type Figures = {
  /** Devices in use by their last contact. */
  devices: { 'within-5-minutes': number; 'within-a-day': number; longer: number; never: number; revoked: number };
  /** As the devices themselves last reported. */
  waiting: { entries: number; scans: number; 'needs-fix': number };
  openAlarms: number;
  /** Uploads that some server is receiving now. */
  uploadsUnderWay: number;
  /** How many months after this one the journal has tables for; 0: what comes next month goes to the table of other months. */
  journalMonthsAhead: number;
};

export async function readFigures(db: Connection, nowMs: number): Promise<Figures> {
  const now = new Date(nowMs);
  const { rows: devices } = await sql<{ contact: keyof Figures['devices']; count: number }>`
    select case
      when revoked_at is not null then 'revoked'
      when last_seen_at is null then 'never'
      when last_seen_at > ${now}::timestamptz - interval '5 minutes' then 'within-5-minutes'
      when last_seen_at > ${now}::timestamptz - interval '1 day' then 'within-a-day'
      else 'longer' end as contact, count(*)::int as count
    from devices group by 1`.execute(db);
  const { rows: sums } = await sql<{ entries: number; scans: number; fix: number; alarms: number; uploads: number }>`
    select coalesce(sum((report ->> 'waitingEntries')::bigint), 0)::float8 as entries,
      coalesce(sum((report ->> 'waitingScans')::bigint), 0)::float8 as scans,
      coalesce(sum((report ->> 'needsFix')::bigint), 0)::float8 as fix,
      (select count(*)::int from alarms where seen_at is null) as alarms,
      (select count(*)::int from upload_locks where held_until > clock_timestamp()) as uploads
    from device_reports join devices using (device_id) where revoked_at is null`.execute(db);
  const known = new Map(devices.map(({ contact, count }) => [contact, count]));
  const of = (contact: keyof Figures['devices']): number => known.get(contact) ?? 0;
  return {
    devices: {
      'within-5-minutes': of('within-5-minutes'),
      'within-a-day': of('within-a-day'),
      longer: of('longer'),
      never: of('never'),
      revoked: of('revoked'),
    },
    waiting: { entries: sums[0]?.entries ?? 0, scans: sums[0]?.scans ?? 0, 'needs-fix': sums[0]?.fix ?? 0 },
    openAlarms: sums[0]?.alarms ?? 0,
    uploadsUnderWay: sums[0]?.uploads ?? 0,
    journalMonthsAhead: monthsAhead(await monthsHeld(db), monthAt(nowMs)),
  };
}
