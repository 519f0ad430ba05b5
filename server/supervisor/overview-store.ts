/** Owns what a supervisor sees at a glance: devices as they last reported, the day's intake in numbers, open alarms. */
import { sql } from 'kysely';
import { channels, type Channel } from '../../shared/dossiers/dossier.ts';
import { instantOf } from '../../shared/lib/time.ts';
import type { AcceptedDay, Alarm, SupervisedDevice } from '../../shared/supervisor/contract.ts';
import { deviceReportSchema } from '../../shared/sync/device-report.ts';
import type { Connection } from '../db/database.ts';

const HOUR_MS = 3_600_000;
const HOURS = 24;

export async function allOffices(db: Connection): Promise<Array<{ officeId: string; agencyCode: string }>> {
  const rows = await db.selectFrom('offices').select(['office_id', 'agency_code']).orderBy('office_id').execute();
  return rows.map((row) => ({ officeId: row.office_id, agencyCode: row.agency_code }));
}

/** Every device ever enrolled. `quarantined`: those whose journal an open alarm speaks of. */
export async function allDevices(db: Connection, quarantined: ReadonlySet<string>): Promise<SupervisedDevice[]> {
  const rows = await db
    .selectFrom('devices')
    .leftJoin('device_reports', 'device_reports.device_id', 'devices.device_id')
    .select([
      'devices.device_id',
      'office_id',
      'agency_code',
      'instance',
      'name',
      'app_version',
      'enrolled_at',
      'last_seen_at',
      'revoked_at',
      'reported_at',
      'clock_ahead_ms',
      'report',
    ])
    .orderBy('office_id')
    .orderBy('instance')
    .execute();
  return rows.map((row) => {
    const parsed = row.report === null ? undefined : deviceReportSchema.safeParse(row.report).data;
    const { appVersion = row.app_version, atMs: _, ...told } = parsed ?? {};
    return {
      deviceId: row.device_id,
      officeId: row.office_id,
      agencyCode: row.agency_code,
      instance: row.instance,
      name: row.name,
      enrolledAtMs: row.enrolled_at.getTime(),
      lastSeenAtMs: row.last_seen_at?.getTime() ?? null,
      revokedAtMs: row.revoked_at?.getTime() ?? null,
      appVersion,
      isQuarantined: quarantined.has(row.device_id),
      report:
        parsed === undefined || row.reported_at === null || row.clock_ahead_ms === null
          ? null
          : ({ ...told, reportedAtMs: row.reported_at.getTime(), clockAheadMs: row.clock_ahead_ms } as NonNullable<SupervisedDevice['report']>),
    };
  });
}

/** Of the counters' calendar day `date`, by when they accepted, not by when it arrived here. */
export async function acceptedOn(db: Connection, date: string): Promise<AcceptedDay> {
  const fromMs = instantOf(date, '00:00');
  const { rows } = await sql<{ hour: number; office_id: string; channel: string | null; accepted: number }>`
    select ((accepted_at_ms - ${fromMs}) / ${HOUR_MS})::int as hour, office_id, body ->> 'channel' as channel, count(*)::int as accepted
    from dossiers where accepted_at_ms >= ${fromMs} and accepted_at_ms < ${fromMs + HOURS * HOUR_MS}
    group by 1, 2, 3`.execute(db);
  const byHour = Array.from({ length: HOURS }, () => 0);
  const byChannel = new Map<Channel, number>(channels.map((channel) => [channel, 0]));
  const byOffice = new Map<string, number>();
  for (const { hour, office_id: officeId, channel, accepted } of rows) {
    byHour[hour] = (byHour[hour] ?? 0) + accepted;
    byOffice.set(officeId, (byOffice.get(officeId) ?? 0) + accepted);
    const known = channels.find((one) => one === channel);
    if (known !== undefined) byChannel.set(known, (byChannel.get(known) ?? 0) + accepted);
  }
  return {
    date,
    byHour,
    byChannel: [...byChannel].map(([channel, accepted]) => ({ channel, accepted })),
    byOffice: [...byOffice].map(([officeId, accepted]) => ({ officeId, accepted })).sort((a, b) => b.accepted - a.accepted),
  };
}

export async function openAlarms(db: Connection, limit: number): Promise<Alarm[]> {
  const rows = await db
    .selectFrom('alarms')
    .select(['alarm_id', 'what', 'device_id', 'times', 'first_at', 'last_at'])
    .where('seen_at', 'is', null)
    .orderBy('last_at', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    alarmId: row.alarm_id,
    what: row.what,
    deviceId: row.device_id,
    times: row.times,
    firstAtMs: row.first_at.getTime(),
    lastAtMs: row.last_at.getTime(),
  }));
}

/** What it was about; undefined when there is no such alarm open. */
export async function markAlarmSeen(db: Connection, alarmId: number, supervisor: string, at: Date): Promise<string | undefined> {
  const row = await db
    .updateTable('alarms')
    .set({ seen_by: supervisor, seen_at: at })
    .where('alarm_id', '=', alarmId)
    .where('seen_at', 'is', null)
    .returning('what')
    .executeTakeFirst();
  return row?.what;
}
