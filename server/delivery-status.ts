/** What the province holds of a device's journal, dossiers and scans; beside the features because it asks several. */
import { paths, statusAnswerSchema, statusRequestSchema } from '../shared/sync/protocol.ts';
import { type Routes, problems } from './context.ts';
import { currentEpoch } from './devices/epoch-store.ts';
import { receiptOf } from './devices/head-receipts.ts';
import { destroyOrderOf } from './devices/revocation.ts';
import { progressOfDossiers } from './dossiers/dossier-store.ts';
import { cursorOf } from './cursor.ts';
import { newestPosition } from './publications/publication-store.ts';
import { verifiedScansOf } from './scans/scan-store.ts';

export const deliveryStatusRoutes: Routes = (server, { db, tokens, lives, callers }) => {
  server.post(
    paths.status,
    { preParsing: callers.authorise, bodyLimit: 2 * 1024 * 1024, schema: { body: statusRequestSchema, response: { 200: statusAnswerSchema, ...problems } } },
    async (request) => {
      const device = callers.of(request);
      await lives.hear(device, request.body.receipt);
      const head = { seq: device.head_seq, hash: device.head_hash };
      const [epoch, dossiers, verifiedScans, newest] = await Promise.all([
        currentEpoch(db),
        progressOfDossiers(db, device.office_id, request.body.dossierIds),
        verifiedScansOf(db, device.office_id, request.body.scans),
        newestPosition(db, device.office_id),
      ]);
      return {
        epoch,
        head,
        receipt: receiptOf(tokens, device.device_id, epoch, head),
        dossiers: dossiers.map((dossier) => ({ ...dossier, confirmed: dossier.scansVerified === dossier.scansExpected })),
        verifiedScans,
        changes: cursorOf({ epoch, position: newest }),
        ...(device.destroy === 'when-delivered' ? { destroy: destroyOrderOf(tokens, device) } : {}),
      };
    },
  );
};
