/** Owns the receipt of journal entries: each applied exactly once, with its idempotency record in one transaction. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlledTransaction } from 'kysely';
import { chainText, GENESIS_HASH } from '../../shared/journal/chain.ts';
import type { EntryAnswer, HeadReceipt, JournalAnswer, JournalRequest, WireEntry } from '../../shared/sync/protocol.ts';
import type { Connection, Database, Tables } from '../db/database.ts';
import { sha256 } from '../digest.ts';
import { isCollision, isDataError } from '../db/sqlstate.ts';
import { loggableError, Problem } from '../problem.ts';
import { applyOperation, type Effects } from './apply.ts';
import { contentFault } from './content.ts';
import { entryText } from './entry-text.ts';
import {
  claimOperation,
  findOperation,
  type JournalOwner,
  lockJournal,
  putEntry,
  replaceEntry,
  setHead,
  settleOperation,
  slotsBetween,
  type Verdict,
  WRONG_HASH,
} from './journal-store.ts';
import { applyRun, judgeAll, type Judge, type Run, runOf } from './run.ts';
import { noTexts, type SentTexts } from './sent-texts.ts';
import { type JournalHeadAt, slotOf, type StoredSlot } from './slot.ts';

/** The alarm that puts a device in quarantine. */
export const JOURNAL_FORKED = 'journal forked: the device was copied or set back';

/** Something a person has to look into; never carries what a citizen said. */
export type Alarm = (what: string, facts: Record<string, unknown>) => void;

const rejected = (reason: string, field?: string): Verdict => ({ status: 'rejected', reason, ...(field === undefined ? {} : { field }) });

const answer = (entry: WireEntry, verdict: Verdict | { status: 'duplicate' }): EntryAnswer => ({ operationId: entry.operationId, seq: entry.seq, ...verdict });

/** Together these wait some three seconds: longer than a whole batch takes. */
const MAX_ATTEMPTS = 6;
const FIRST_WAIT_MS = 100;

export type Receiver = {
  db: Database;
  effects: Effects;
  /** The province's signed word on the head. */
  receiptOf(deviceId: string, epoch: number, head: JournalHeadAt): HeadReceipt;
  currentEpoch(db: Connection): Promise<number>;
  alarm: Alarm;
};

/**
 * Applies a batch. Entries are taken in order of `seq`, whatever order they came in; an entry after a gap or a
 * fork gets no answer. Throws a Problem when the device or its journal is unknown; a failing database undoes the whole batch.
 */
export async function receiveJournal(
  receiver: Receiver,
  deviceId: string,
  request: JournalRequest,
  nowMs: number,
  texts: SentTexts = noTexts,
): Promise<JournalAnswer> {
  const judge = judgeAll(request.entries, texts);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await receiveOnce(receiver, deviceId, request, judge, new Date(nowMs));
    } catch (error) {
      if (!isCollision(error) || attempt === MAX_ATTEMPTS) throw error;
      // Begun again at once, it would meet the same other batch again.
      await sleep(FIRST_WAIT_MS * 2 ** (attempt - 1) * (0.5 + Math.random()));
    }
  }
}

async function receiveOnce(receiver: Receiver, deviceId: string, request: JournalRequest, judge: Judge, at: Date): Promise<JournalAnswer> {
  const { db } = receiver;
  const entries = [...request.entries].sort((a, b) => a.seq - b.seq);
  const trx = await db.startTransaction().execute();
  try {
    const owner = await lockJournal(trx, deviceId);
    if (owner === undefined || owner.isRevoked) throw new Problem(403, 'device-revoked', 'this device may no longer send');
    if (owner.journalId !== request.journalId) throw new Problem(409, 'foreign-journal', 'this journal is not the one the device enrolled with');

    const epoch = await receiver.currentEpoch(trx);
    const slots = await slotsBetween(trx, deviceId, (entries[0] as WireEntry).seq - 1, (entries[entries.length - 1] as WireEntry).seq);
    const taking: Taking = { trx, receiver, owner, at, slots, head: owner.head, results: [] };
    let isAlone = false;
    for (let left = entries; left.length > 0;) {
      const run: Run = isAlone ? [] : runOf(left, judge, owner, taking.head);
      if (run.length > 0 && (await takeRun(taking, run))) {
        left = left.slice(run.length);
        continue;
      }
      // What stands in the way of a run shows when each is looked at alone.
      isAlone = isAlone || run.length > 0;
      if (!(await takeOne(taking, left[0] as WireEntry))) break;
      left = left.slice(1);
    }

    const { head, results } = taking;
    await setHead(trx, deviceId, head, at);
    await trx.commit().execute();
    return { epoch, head, receipt: receiver.receiptOf(deviceId, epoch, head), results };
  } catch (error) {
    // A failed commit has given the connection back already.
    if (!trx.isCommitted)
      await trx
        .rollback()
        .execute()
        .catch(() => undefined);
    throw error;
  }
}

/** A batch while it is taken in. `head` and `results` grow with it. */
type Taking = {
  trx: ControlledTransaction<Tables>;
  receiver: Receiver;
  owner: JournalOwner;
  at: Date;
  slots: Map<number, StoredSlot>;
  head: JournalHeadAt;
  results: EntryAnswer[];
};

/** False when it could not be taken as a whole; nothing of it is there then. */
async function takeRun(taking: Taking, run: Run): Promise<boolean> {
  const { trx, receiver, owner, at, slots } = taking;
  const savepoint = await trx.savepoint('run').execute();
  const isApplied = await applyRun(savepoint, receiver.effects, owner, run, at).catch((error: unknown) => {
    if (!isDataError(error)) throw error;
    return false;
  });
  if (!isApplied) {
    await savepoint.rollbackToSavepoint('run').execute();
    return false;
  }
  await savepoint.releaseSavepoint('run').execute();
  for (const { entry } of run) {
    taking.results.push(answer(entry, { status: 'applied' }));
    slots.set(entry.seq, { hash: entry.hash, wrongHash: false });
    taking.head = { seq: entry.seq, hash: entry.hash };
  }
  return true;
}

/** False when nothing behind it can be taken: it stands behind a gap, or is of another history. */
async function takeOne(taking: Taking, entry: WireEntry): Promise<boolean> {
  const { trx, receiver, owner, at, slots } = taking;
  const { deviceId } = owner;
  const { alarm } = receiver;
  const slot = slotOf(entry, taking.head, slots.get(entry.seq), slots.get(entry.seq - 1), GENESIS_HASH);
  if (slot === 'gap') return false;
  const text = entryText(entry);
  const bodyHash = sha256(text);
  const intact = entry.hash === sha256(chainText(entry, bodyHash));

  let verdict: Verdict | { status: 'duplicate' };
  if (!intact) {
    alarm('journal entry does not fit its hash', { deviceId, seq: entry.seq, operationId: entry.operationId });
    verdict = rejected(WRONG_HASH, '/hash');
  } else {
    const savepoint = await trx.savepoint('entry').execute();
    try {
      verdict = await decide(savepoint, receiver, owner, entry, bodyHash, slot === 'forked', at);
      await savepoint.releaseSavepoint('entry').execute();
    } catch (error) {
      if (!isDataError(error)) throw error;
      await savepoint.rollbackToSavepoint('entry').execute();
      // Nothing we foresaw: kept out of the way of the others, and someone must look at it.
      alarm('journal entry could not be stored', { deviceId, seq: entry.seq, operationId: entry.operationId, error: loggableError(error) });
      verdict = rejected('not-storable');
    }
  }
  taking.results.push(answer(entry, verdict));
  // Whatever follows is of another history; behind an entry that was damaged on its way the chain would not show it.
  if (slot === 'forked') return false;

  if (slot === 'next' || (slot === 'repair' && intact)) {
    const put = slot === 'next' ? putEntry : replaceEntry;
    await put(trx, deviceId, entry, { text, bodyHash, verdict: verdict.status === 'duplicate' ? { status: 'applied' } : verdict, at });
    slots.set(entry.seq, { hash: entry.hash, wrongHash: !intact });
    if (entry.seq >= taking.head.seq) taking.head = { seq: entry.seq, hash: entry.hash };
  } else if (slot === 'known' && intact && verdict.status !== 'duplicate') {
    await replaceEntry(trx, deviceId, entry, { text, bodyHash, verdict, at });
  }
  return true;
}

async function decide(
  trx: Connection,
  { effects, alarm }: Receiver,
  owner: JournalOwner,
  entry: WireEntry,
  bodyHash: string,
  forked: boolean,
  at: Date,
): Promise<Verdict | { status: 'duplicate' }> {
  const known = forked ? await findOperation(trx, entry.operationId) : await claimOperation(trx, entry.operationId, bodyHash, owner.deviceId, at);
  if (known !== undefined && known.bodyHash !== bodyHash) {
    alarm('one operation id with two bodies', { deviceId: owner.deviceId, seq: entry.seq, operationId: entry.operationId });
    return rejected('operation-conflict', '/operationId');
  }
  if (forked) {
    alarm(JOURNAL_FORKED, { deviceId: owner.deviceId, seq: entry.seq });
    return rejected('journal-forked', '/previousHash');
  }
  if (known?.verdict.status === 'applied') return { status: 'duplicate' };

  // What was rejected had no effect, so it may be judged again: the province may have learnt the operation since.
  const fault = entry.operatorId.includes('\0') ? { reason: 'forbidden-character', field: '/operatorId' } : contentFault(entry.operation);
  const verdict = fault === undefined ? await applyOperation(trx, effects, owner, entry, at) : rejected(fault.reason, fault.field);
  await settleOperation(trx, entry.operationId, verdict, at);
  return verdict;
}
