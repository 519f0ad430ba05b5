/** What the province holds of a device's journal, dossiers and scans; beside the features because it asks several. */
import { paths, statusAnswerSchema, statusRequestSchema } from '../shared/sync/protocol.ts';
import { type Routes, problems } from './context.ts';
import { progressOfDossiers } from './dossiers/dossier-store.ts';
import { verifiedScansOf } from './scans/scan-store.ts';

export const deliveryStatusRoutes: Routes = (server, { db, province, callers }) => {
  server.post(
    paths.status,
    { preParsing: callers.authorise, bodyLimit: 2 * 1024 * 1024, schema: { body: statusRequestSchema, response: { 200: statusAnswerSchema, ...problems } } },
    async (request) => {
      const device = callers.of(request);
      const [dossiers, verifiedScans] = await Promise.all([
        progressOfDossiers(db, device.office_id, request.body.dossierIds),
        verifiedScansOf(db, device.office_id, request.body.scans),
      ]);
      return {
        epoch: province.epoch,
        head: { seq: device.head_seq, hash: device.head_hash },
        dossiers: dossiers.map((dossier) => ({ ...dossier, confirmed: dossier.scansVerified === dossier.scansExpected })),
        verifiedScans,
      };
    },
  );
};
