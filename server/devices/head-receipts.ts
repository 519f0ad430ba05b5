/** Owns the province's signed word on how far it holds a journal, and what it learns when one comes back from a time it has forgotten. */
import { type HeadReceipt, headReceiptText } from '../../shared/sync/protocol.ts';
import type { Clock } from '../../shared/lib/time.ts';
import type { Database } from '../db/database.ts';
import { currentEpoch, raiseEpoch } from './epoch-store.ts';
import type { LeaseTerms } from './number-store.ts';
import type { TokenIssuer } from './tokens.ts';

type Head = { seq: number; hash: string };

export const receiptOf = (tokens: TokenIssuer, deviceId: string, epoch: number, { seq, hash }: Head): HeadReceipt => ({
  epoch,
  seq,
  hash,
  signature: tokens.signText(headReceiptText(deviceId, { epoch, seq, hash })),
});

export type Lives = {
  /** The life the province is in. */
  epoch(): Promise<number>;
  /** What a device gives back with its request, before the request is answered: one from a forgotten time begins another life. */
  hear(device: { device_id: string; head_seq: number }, receipt: HeadReceipt | undefined): Promise<void>;
};

type Parts = { db: Database; tokens: TokenIssuer; lease: LeaseTerms; clock: Clock; alarm(what: string, facts: Record<string, unknown>): void };

export const createLives = ({ db, tokens, lease, clock, alarm }: Parts): Lives => ({
  epoch: () => currentEpoch(db),
  async hear({ device_id: deviceId, head_seq: headSeq }, receipt) {
    if (receipt === undefined) return;
    const epoch = await currentEpoch(db);
    // The head was read after the request came in, so it is behind only if it was set back.
    if (receipt.epoch < epoch || (receipt.epoch === epoch && receipt.seq <= headSeq)) return;
    // Nobody else can say so, because nobody else has our key.
    if (!tokens.isSigned(headReceiptText(deviceId, receipt), receipt.signature)) return;
    const raised = await raiseEpoch(db, { from: epoch, known: receipt.epoch, leaseSize: lease.size, nowMs: clock() });
    alarm('the province was set back to a backup: devices offer again what is missing', { deviceId, epoch: raised });
  },
});
