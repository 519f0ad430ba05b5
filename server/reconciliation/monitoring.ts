/** Owns the monitoring figures of the whole province: every office's journal, read page by page. */
import { dossierSchema, type Dossier } from '../../shared/dossiers/dossier.ts';
import { scansOf } from '../../shared/dossiers/scans-of.ts';
import { createMonitoring, type MonitoringRow, type Period } from '../../shared/reconciliation/monitoring.ts';
import type { Connection } from '../db/database.ts';
import { acceptedEntries, verifiedBy } from './monitoring-store.ts';

export async function monitoringOf(db: Connection, period: Period): Promise<MonitoringRow[]> {
  const monitoring = createMonitoring(period);
  const asOf = new Date(period.asOfMs);
  for await (const entries of acceptedEntries(db, period.from, period.to)) {
    const dossiers = entries.flatMap(({ operation }): Dossier[] => {
      const parsed = dossierSchema.safeParse((JSON.parse(operation) as { dossier: unknown }).dossier);
      return parsed.success ? [parsed.data] : [];
    });
    const held = await verifiedBy(db, [...new Set(dossiers.flatMap(scansOf))], asOf);
    for (const dossier of dossiers)
      monitoring.add(
        dossier,
        scansOf(dossier).every((digest) => held.has(`${dossier.officeId}/${digest}`)),
      );
  }
  return monitoring.rows();
}
