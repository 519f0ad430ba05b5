/**
 * The monitoring figures of a period, by office and procedure, computed from accepted dossiers of the journal alone: the same
 * entries and the same `asOfMs` give the same figures, whenever they are computed.
 */
import type { Dossier } from '../dossiers/dossier.ts';
import { scansOf } from '../dossiers/scans-of.ts';
import { dateAt, type PlainDate } from '../lib/time.ts';
import { csvOf } from './csv.ts';

/** How a dossier was received, as the monitoring counts it. */
export type Way = 'onlineFull' | 'onlinePartial' | 'counter' | 'post';

/**
 * Full (toàn trình) is what was wholly done online: nothing on paper came or is owed, and the result goes out online or by
 * post (Nghị định 42/2022/NĐ-CP, art. 11). Judged by the dossier itself, not by what its procedure is published as.
 */
export function wayOf({ channel, resultDelivery, papers }: Pick<Dossier, 'channel' | 'resultDelivery' | 'papers'>): Way {
  if (channel !== 'online') return channel;
  const isOnPaper = papers.some(({ state, originals, certifiedCopies, photocopies }) => state === 'owed' || originals + certifiedCopies + photocopies > 0);
  return isOnPaper || resultDelivery === 'counter' ? 'onlinePartial' : 'onlineFull';
}

/** Every paper that was received has been scanned (Thông tư 01/2023/TT-VPCP); whether the province holds the scans is another question. */
export const isScanned = ({ papers }: Pick<Dossier, 'papers'>): boolean => papers.every(({ state, pages }) => state !== 'received' || pages.length > 0);

export type MonitoringRow = {
  officeId: string;
  procedureCode: string;
  procedureName: string;
  accepted: number;
  onlineFull: number;
  onlinePartial: number;
  counter: number;
  post: number;
  /** Scanned, and every scan verified by the province. */
  digitised: number;
  /** The due date had not come by `asOfMs`: in time as far as the journal knows. */
  inTime: number;
  /** The due date had passed by `asOfMs` and the journal knows of no result: late as far as it knows. */
  overdue: number;
  /** No due date that can be computed. */
  noDueDate: number;
};

export type Period = { from: PlainDate; /** Inclusive. */ to: PlainDate; asOfMs: number; officeId?: string };

export type Monitoring = {
  /** `areScansVerified`: the province held every scan of it at `asOfMs`. A dossier journalled twice counts once. */
  add(dossier: Dossier, areScansVerified: boolean): void;
  /** In order of office and procedure. */
  rows(): MonitoringRow[];
};

export function createMonitoring({ from, to, asOfMs, officeId }: Period): Monitoring {
  const rows = new Map<string, MonitoringRow>();
  const seen = new Set<string>();
  return {
    add(dossier, areScansVerified) {
      const date = dateAt(dossier.acceptedAtMs);
      if (date < from || date > to || dossier.acceptedAtMs > asOfMs || seen.has(dossier.dossierId)) return;
      if (officeId !== undefined && dossier.officeId !== officeId) return;
      seen.add(dossier.dossierId);
      const key = `${dossier.officeId}\n${dossier.procedureCode}`;
      const row = rows.get(key) ?? emptyRow(dossier);
      rows.set(key, row);
      row.accepted += 1;
      row[wayOf(dossier)] += 1;
      if (isScanned(dossier) && (areScansVerified || scansOf(dossier).length === 0)) row.digitised += 1;
      if (dossier.dueAtMs === null) row.noDueDate += 1;
      else if (dossier.dueAtMs < asOfMs) row.overdue += 1;
      else row.inTime += 1;
    },
    rows: () => [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row),
  };
}

const emptyRow = ({ officeId, procedureCode, procedureName }: Dossier): MonitoringRow => ({
  officeId,
  procedureCode,
  procedureName,
  accepted: 0,
  onlineFull: 0,
  onlinePartial: 0,
  counter: 0,
  post: 0,
  digitised: 0,
  inTime: 0,
  overdue: 0,
  noDueDate: 0,
});

/** Names of columns are for machines and never change; `as_of` lets anybody compute the same again. */
export const monitoringCsv = ({ from, to, asOfMs }: Period, rows: readonly MonitoringRow[]): string =>
  csvOf(
    [
      ...['from', 'to', 'as_of', 'office', 'procedure', 'procedure_name', 'accepted', 'online_full', 'online_partial', 'counter', 'post'],
      ...['digitised', 'in_time', 'overdue', 'no_due_date'],
    ],
    rows.map((row) => [
      ...[from, to, new Date(asOfMs).toISOString(), row.officeId, row.procedureCode, row.procedureName],
      ...[row.accepted, row.onlineFull, row.onlinePartial, row.counter, row.post, row.digitised, row.inTime, row.overdue, row.noDueDate],
    ]),
  );
