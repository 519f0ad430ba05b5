/** Owns what supervisors see of the reconciliation: every device and date on which something was closed or taken in. */
import { dayStatuses, SHOWN_DIFFERENCES, type SupervisedDay } from '../../shared/supervisor/contract.ts';
import type { PlainDate } from '../../shared/lib/time.ts';
import type { Connection } from '../db/database.ts';
import type { Reconciliation } from './reconciliation.ts';
import { takenInBetween } from './statement-store.ts';

/** The newest date first, in it what someone has to look at first. `again` compares every statement anew before. */
export async function supervisedDays(
  db: Connection,
  reconciliation: Pick<Reconciliation, 'days'>,
  { from, to }: { from: PlainDate; to: PlainDate },
  again: boolean,
): Promise<SupervisedDay[]> {
  const closed = await reconciliation.days(from, to, { again });
  const days = new Map<string, SupervisedDay>();
  for (const { date, deviceId, officeId, deviceName, outcome, judgedAtMs } of closed) {
    const differences = outcome.status === 'differs' ? outcome.differences : [];
    days.set(`${date} ${deviceId}`, {
      ...{ date, deviceId, officeId, deviceName, status: outcome.status, dossiers: 0, sinceClosing: 0 },
      ...{ differences: differences.slice(0, SHOWN_DIFFERENCES), differing: differences.length, comparedAtMs: judgedAtMs },
    });
  }
  for (const taken of await takenInBetween(db, from, to)) {
    const key = `${taken.date} ${taken.deviceId}`;
    const open: SupervisedDay = { ...taken, status: 'open', differences: [], differing: 0, comparedAtMs: null };
    const known = days.get(key);
    days.set(key, known === undefined ? open : { ...known, dossiers: taken.dossiers, sinceClosing: taken.sinceClosing });
  }
  const orderOf = ({ status, officeId, deviceName }: SupervisedDay): string => `${dayStatuses.indexOf(status)} ${officeId} ${deviceName}`;
  return [...days.values()].sort((a, b) => (a.date === b.date ? (orderOf(a) < orderOf(b) ? -1 : 1) : a.date < b.date ? 1 : -1));
}
