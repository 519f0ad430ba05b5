/** What the features do when an operation reaches the province, whichever way it came. */
import { setCatalogueVersion } from './devices/device-store.ts';
import { confirmLease } from './devices/number-store.ts';
import { insertDossier } from './dossiers/dossier-store.ts';
import type { Effects } from './journal/apply.ts';
import { issueTicket, moveTicket } from './queue/ticket-store.ts';
import type { Enqueue } from './upstreams/enqueue.ts';

export const createEffects = (enqueue: Enqueue): Effects => ({
  installCatalogue: setCatalogueVersion,
  confirmLease,
  issueTicket,
  moveTicket,
  async insertDossier(trx, dossier) {
    const outcome = await insertDossier(trx, dossier);
    if (outcome === 'stored') await enqueue(trx, dossier.dossier);
    return outcome;
  },
});
