/** Owns the last report of every device. */
import type { DeviceReport } from '../../shared/sync/device-report.ts';
import type { Connection } from '../db/database.ts';

/** Takes the place of the device's last one, and answers it. `nowMs` is the province's own time. */
export async function keepReport(db: Connection, deviceId: string, report: DeviceReport, nowMs: number): Promise<DeviceReport | undefined> {
  // PostgreSQL's jsonb cannot hold NUL.
  const text = JSON.stringify(report).replaceAll('\\u0000', '');
  const row = { reported_at: new Date(nowMs), clock_ahead_ms: report.atMs - nowMs, report: text };
  const before = await db.selectFrom('device_reports').select('report').where('device_id', '=', deviceId).executeTakeFirst();
  await db
    .insertInto('device_reports')
    .values({ device_id: deviceId, ...row })
    .onConflict((conflict) => conflict.column('device_id').doUpdateSet(row))
    .execute();
  return before?.report;
}
