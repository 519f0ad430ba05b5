/**
 * Owns the quick way in: a run of new entries that nothing stands in the way of, applied in a few statements where one by one
 * they take several each. What it does is what `receive.ts` does entry by entry, or nothing at all.
 */
import { chainText } from '../../shared/journal/chain.ts';
import { dossierOf, type Operation, operationSchema } from '../../shared/journal/operation.ts';
import type { WireEntry } from '../../shared/sync/protocol.ts';
import type { Connection } from '../db/database.ts';
import { sha256 } from '../digest.ts';
import { type Effects, effectOf } from './apply.ts';
import { contentFault, isSurelySound } from './content.ts';
import { entryText } from './entry-text.ts';
import { claimOperations, type JournalOwner, type NewEntry, putAppliedEntries } from './journal-store.ts';
import type { SentTexts } from './sent-texts.ts';
import type { JournalHeadAt } from './slot.ts';

type Judged = NewEntry & { operation: Operation };
export type Run = readonly Judged[];
/** What may be part of a run wherever the journal stands; undefined for an entry that has to be looked at alone. */
export type Judge = (entry: WireEntry) => Judged | undefined;

/** Judges all of them now, while nobody waits for the journal, which whoever takes a batch holds. */
export function judgeAll(entries: readonly WireEntry[], texts: SentTexts): Judge {
  const judged = new Map(entries.map((entry) => [entry, judge(entry, texts(entry))]));
  return (entry) => judged.get(entry);
}

/** Fewer are not worth what it costs to find out that one of them needs looking at alone. */
const SHORTEST = 3;
const LONGEST = 500;

/** The entries that follow `head` one after the other, are what their hashes say, and can be read. */
export function runOf(entries: readonly WireEntry[], judgeOne: Judge, owner: JournalOwner, head: JournalHeadAt): Run {
  const run: Judged[] = [];
  let before = head;
  for (const entry of entries.slice(0, LONGEST)) {
    const judged = follows(entry, before) ? judgeOne(entry) : undefined;
    if (judged === undefined || isForeign(judged.operation, owner)) break;
    run.push(judged);
    before = entry;
  }
  return run.length < SHORTEST ? [] : run;
}

const follows = (entry: WireEntry, head: JournalHeadAt): boolean => entry.seq === head.seq + 1 && entry.previousHash === head.hash;

const isForeign = (operation: Operation, { officeId, agencyCode }: JournalOwner): boolean =>
  operation.type === 'dossier.accepted' && (operation.dossier.officeId !== officeId || operation.dossier.agencyCode !== agencyCode);

/** The operation's text and its hash, if the entry's hash says they are the right ones. */
function vouchedFor(entry: WireEntry, text: Buffer): { text: Buffer; bodyHash: string } | undefined {
  const bodyHash = sha256(text);
  return entry.hash === sha256(chainText(entry, bodyHash)) ? { text, bodyHash } : undefined;
}

/** `sent`: the operation as it stands in the request, if that is JSON. */
function judge(entry: WireEntry, sent: Buffer | undefined): Judged | undefined {
  // Of these the database reads the text as JSON, and refuses the run if it is none.
  const isReadAgain = (entry.operation as { type?: unknown } | null | undefined)?.type === 'dossier.accepted';
  const asSent = sent === undefined || !isReadAgain ? undefined : vouchedFor(entry, sent);
  const vouched = asSent ?? vouchedFor(entry, Buffer.from(entryText(entry), 'utf8'));
  if (vouched === undefined || entry.operatorId.includes('\0')) return undefined;
  const isSound = (asSent !== undefined && isSurelySound(entry.operation, asSent.text)) || contentFault(entry.operation) === undefined;
  if (!isSound) return undefined;
  const parsed = operationSchema.safeParse(entry.operation);
  if (!parsed.success) return undefined;
  const operation = parsed.data;
  // It is judged by what the journal holds, of which the entries before it in a run are not part yet.
  if (operation.type === 'dossier.corrected') return undefined;
  return { entry, ...vouched, operation, toldAtMs: dossierOf({ operation })?.acceptedAtMs ?? null };
}

const BEFORE_DOSSIER = Buffer.from('{"type":"dossier.accepted","dossier":');

/** Cut out of the operation's text where it stands between what a counter writes around it. */
function dossierText(text: Buffer, body: object, number: unknown): Buffer {
  const after = Buffer.from(`,"number":${JSON.stringify(number)}}`);
  const end = text.byteLength - after.byteLength;
  const isAsWritten = end > BEFORE_DOSSIER.byteLength && text.subarray(0, BEFORE_DOSSIER.byteLength).equals(BEFORE_DOSSIER) && text.subarray(end).equals(after);
  return isAsWritten ? text.subarray(BEFORE_DOSSIER.byteLength, end) : Buffer.from(JSON.stringify(body), 'utf8');
}

/** False, or a data error, when something stands in the way of one of them: the caller undoes what was done and looks at each alone. */
export async function applyRun(trx: Connection, effects: Effects, owner: JournalOwner, run: Run, at: Date): Promise<boolean> {
  const { deviceId } = owner;
  const operations = run.map(({ entry, bodyHash }) => ({ operationId: entry.operationId, bodyHash }));
  await claimOperations(trx, operations, deviceId, at);
  const dossiers = run.flatMap(({ entry, operation, text }) => {
    // The body is kept as it came, with fields that only a newer app knows.
    const { dossier: body, number } = entry.operation as { dossier: object; number?: unknown };
    if (operation.type !== 'dossier.accepted') return [];
    return [{ dossier: operation.dossier, body, text: dossierText(text, body, number), deviceId, operationId: entry.operationId, at }];
  });
  await effects.insertDossiers(trx, dossiers);
  for (const { entry, operation } of run) {
    if (operation.type === 'dossier.accepted') continue;
    if ((await effectOf(trx, effects, owner, entry, operation, at)).status !== 'applied') return false;
  }
  await putAppliedEntries(trx, deviceId, run, at);
  return true;
}
