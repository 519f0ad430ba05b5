/** Puts the import of a take-away file together: the same stores and effects as behind HTTP. */
import { randomBytes } from 'node:crypto';
import { Upload } from '@tus/server';
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
import { openScanFiles, type ScanPlace } from './scans/scan-place.ts';
import { loggableError } from './problem.ts';
import { verifiedScansOf } from './scans/scan-store.ts';
import { importTakeaway, type Imported } from './takeaway/import-file.ts';
import { openEnqueue } from './upstreams/enqueue.ts';
import { readPlan } from './upstreams/health-store.ts';

type Options = { db: Database; scans: ScanPlace; clock: Clock; log: Logger };

/** The schema must be up to date. Throws TakeawayRefused. */
export async function importFile({ db, scans, clock, log }: Options, path: string): Promise<Imported> {
  const province = await provinceState(db);
  const files = await openScanFiles(scans, (silence) => {
    throw new Error('the store of scans does not answer', { cause: silence });
  });
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
      acceptScan: (source, { sha256, mediaType, bytes }, sender) =>
        acceptScan(db, { sha256, mediaType }, { ...sender, at: new Date(clock()) }, (judge) => {
          const upload = new Upload({ id: randomBytes(16).toString('hex'), size: bytes, offset: 0 });
          return files.keepWhole(source, { upload, sha256, judge, wasCut: () => false });
        }),
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
