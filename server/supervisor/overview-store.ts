/** Owns what a supervisor sees at a glance: devices as they last reported, the day's intake in numbers, open alarms. */
import { sql } from 'kysely';
import { z } from 'zod';
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

/** Every device ever enrolled. `forked`: what open alarms say of journals that were copied or set back, by device. */
export async function allDevices(db: Connection, forked: ReadonlyMap<string, { sinceMs: number; seq: number | null }>): Promise<SupervisedDevice[]> {
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
      'destroy',
      'reported_at',
      'clock_ahead_ms',
      'report',
    ])
    .orderBy('office_id')
    .orderBy('instance')
    .execute();
  return rows.map((row) => {
    const parsed = row.report === null ? undefined : deviceReportSchema.safeParse(row.report).data;
    const { appVersion = row.app_version, atMs: _, quarantine, ...told } = parsed ?? {};
    const fork = forked.get(row.device_id);
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
      destroy: row.destroy,
      quarantine:
        quarantine === undefined && fork === undefined ? null : { reason: 'forked', sinceMs: fork?.sinceMs ?? 0, ...quarantine, seq: fork?.seq ?? null },
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
  const { rows } = await sql<{ hour: number; office_id: string; channel: string | null; procedure_code: string; name: string | null; accepted: number }>`
    select ((accepted_at_ms - ${fromMs}) / ${HOUR_MS})::int as hour, office_id, body ->> 'channel' as channel, procedure_code,
      max(body ->> 'procedureName') as name, count(*)::int as accepted
    from dossiers where accepted_at_ms >= ${fromMs} and accepted_at_ms < ${fromMs + HOURS * HOUR_MS}
    group by 1, 2, 3, 4`.execute(db);
  const byHour = Array.from({ length: HOURS }, () => 0);
  const byChannel = new Map<Channel, number>(channels.map((channel) => [channel, 0]));
  const byOffice = new Map<string, number>();
  const byProcedure = new Map<string, { name: string; accepted: number }>();
  for (const { hour, office_id: officeId, channel, procedure_code: procedureCode, name, accepted } of rows) {
    byHour[hour] = (byHour[hour] ?? 0) + accepted;
    byOffice.set(officeId, (byOffice.get(officeId) ?? 0) + accepted);
    byProcedure.set(procedureCode, { name: name ?? procedureCode, accepted: (byProcedure.get(procedureCode)?.accepted ?? 0) + accepted });
    const known = channels.find((one) => one === channel);
    if (known !== undefined) byChannel.set(known, (byChannel.get(known) ?? 0) + accepted);
  }
  return {
    date,
    byHour,
    byChannel: [...byChannel].map(([channel, accepted]) => ({ channel, accepted })),
    byOffice: [...byOffice].map(([officeId, accepted]) => ({ officeId, accepted })).sort((a, b) => b.accepted - a.accepted),
    byProcedure: [...byProcedure].map(([procedureCode, told]) => ({ procedureCode, ...told })).sort((a, b) => b.accepted - a.accepted),
  };
}

const placeSchema = z.object({ seq: z.int().nullable().catch(null), date: z.iso.date().nullable().catch(null) });

/** Which entry or date an alarm speaks of; the rest of its facts is for the log. */
const placeOf = (facts: unknown): Pick<Alarm, 'seq' | 'date'> => placeSchema.catch({ seq: null, date: null }).parse(facts);

export async function openAlarms(db: Connection, limit: number): Promise<Alarm[]> {
  const rows = await db
    .selectFrom('alarms')
    .select(['alarm_id', 'what', 'device_id', 'facts', 'times', 'first_at', 'last_at'])
    .where('seen_at', 'is', null)
    .orderBy('last_at', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    alarmId: row.alarm_id,
    what: row.what,
    deviceId: row.device_id,
    ...placeOf(row.facts),
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
