/** Puts the import of a take-away file together: the same stores and effects as behind HTTP. */
import type { Logger } from 'pino';
import type { Clock } from '../shared/lib/time.ts';
import { raiseAlarm } from './alarm-store.ts';
import type { Database } from './db/database.ts';
import { provinceState } from './db/province-store.ts';
import { findDevice } from './devices/device-store.ts';
import { currentEpoch } from './devices/epoch-store.ts';
import { createTokenIssuer } from './devices/tokens.ts';
import { progressOfDossiers } from './dossiers/dossier-store.ts';
import { createEffects, lifeOf } from './effects.ts';
import { receiveJournal } from './journal/receive.ts';
import { createReconciliation } from './reconciliation/reconciliation.ts';
import { acceptScan } from './scans/accept-scan.ts';
import { loggableError } from './problem.ts';
import { openScanFolder } from './scans/scan-folder.ts';
import { verifiedScansOf } from './scans/scan-store.ts';
import { importTakeaway, type Imported } from './takeaway/import-file.ts';
import { openEnqueue } from './upstreams/enqueue.ts';
import { readPlan } from './upstreams/health-store.ts';

type Options = { db: Database; scansDir: string; clock: Clock; log: Logger };

/** The schema must be up to date. Throws TakeawayRefused. */
export async function importFile({ db, scansDir, clock, log }: Options, path: string): Promise<Imported> {
  const province = await provinceState(db);
  const folder = await openScanFolder(scansDir);
  const alarms: Array<Promise<void>> = [];
  const alarm = (what: string, facts: Record<string, unknown>): void => {
    log.error({ alarm: what, ...facts }, 'alarm');
    // As behind HTTP, not in the transaction that found it.
    alarms.push(raiseAlarm(db, what, facts, clock()).catch((error: unknown) => log.error({ failure: loggableError(error) }, 'an alarm was not stored')));
  };
  const deliveries = await openEnqueue(db, await readPlan(db), clock);
  const receiver = { db, alarm, effects: createEffects(deliveries.enqueue), ...lifeOf(await createTokenIssuer(province.signingKey)) };
  const reconciliation = createReconciliation({ db, clock, alarm });
  const known = async (deviceId: string) => {
    const device = await findDevice(db, deviceId);
    if (device === undefined) throw new Error('the device vanished during the import');
    return device;
  };

  const imported = importTakeaway(
    {
      province,
      clock,
      incomingDir: folder.incomingDir,
      async findSender(deviceId) {
        const device = await findDevice(db, deviceId);
        if (device === undefined) return undefined;
        const { journal_id: journalId, office_id: officeId, public_key: publicKey, head_seq: headSeq } = device;
        return { deviceId, journalId, officeId, publicKey, headSeq, isRevoked: device.revoked_at !== null };
      },
      async receive(deviceId, request) {
        const answer = await receiveJournal(receiver, deviceId, request, clock());
        await reconciliation.delivered(deviceId);
        return answer;
      },
      hasScan: async (officeId, sha256) => (await verifiedScansOf(db, officeId, [sha256])).length > 0,
      acceptScan: (file, claim, sender) => acceptScan(db, folder, file, claim, { ...sender, at: new Date(clock()) }),
      async status(deviceId, dossierIds, scans) {
        const device = await known(deviceId);
        const [dossiers, verifiedScans] = await Promise.all([
          progressOfDossiers(db, device.office_id, dossierIds),
          verifiedScansOf(db, device.office_id, scans),
        ]);
        return {
          epoch: await currentEpoch(db),
          head: { seq: device.head_seq, hash: device.head_hash },
          dossiers: dossiers.map((dossier) => ({ ...dossier, confirmed: dossier.scansVerified === dossier.scansExpected })),
          verifiedScans,
        };
      },
    },
    path,
  );
  return imported.finally(async () => {
    await Promise.all(alarms);
    await deliveries.stop();
  });
}
