/** What the features do when an operation reaches the province, whichever way it came. */
import { setCatalogueVersion } from './devices/device-store.ts';
import { currentEpoch } from './devices/epoch-store.ts';
import { receiptOf } from './devices/head-receipts.ts';
import { confirmLease } from './devices/number-store.ts';
import { correctDossier, insertDossier, insertDossiers } from './dossiers/dossier-store.ts';
import type { Effects } from './journal/apply.ts';
import type { TokenIssuer } from './devices/tokens.ts';
import { countRating } from './lobby/rating-store.ts';
import { issueTicket, moveTicket } from './queue/ticket-store.ts';
import type { Enqueue } from './upstreams/enqueue.ts';

/** What the journal's receipt needs to know of the province's lives. */
export const lifeOf = (tokens: TokenIssuer) => ({
  currentEpoch,
  receiptOf: (deviceId: string, epoch: number, head: { seq: number; hash: string }) => receiptOf(tokens, deviceId, epoch, head),
});

export const createEffects = (enqueue: Enqueue): Effects => ({
  installCatalogue: setCatalogueVersion,
  confirmLease,
  issueTicket,
  moveTicket,
  countRating,
  async insertDossier(trx, dossier) {
    const outcome = await insertDossier(trx, dossier);
    if (outcome === 'stored') await enqueue(trx, dossier.dossier);
    return outcome;
  },
  async correctDossier(trx, dossier) {
    const outcome = await correctDossier(trx, dossier);
    // One that was replaced is on its way already; what is sent is read when it is sent.
    if (outcome === 'stored') await enqueue(trx, dossier.dossier);
    return outcome === 'replaced' ? 'stored' : outcome;
  },
  async insertDossiers(trx, dossiers) {
    await insertDossiers(trx, dossiers);
    for (const { dossier } of dossiers) await enqueue(trx, dossier);
  },
});
