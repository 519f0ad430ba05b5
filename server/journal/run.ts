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
import { contentFault } from './content.ts';
import { entryText } from './entry-text.ts';
import { claimOperations, type JournalOwner, type NewEntry, putAppliedEntries } from './journal-store.ts';
import type { JournalHeadAt } from './slot.ts';

type Judged = NewEntry & { operation: Operation };
export type Run = readonly Judged[];

/** Fewer are not worth what it costs to find out that one of them needs looking at alone. */
const SHORTEST = 3;
const LONGEST = 500;

/** The entries that follow `head` one after the other, are what their hashes say, and can be read. */
export function runOf(entries: readonly WireEntry[], owner: JournalOwner, head: JournalHeadAt): Run {
  const run: Judged[] = [];
  let before = head;
  for (const entry of entries.slice(0, LONGEST)) {
    const judged = follows(entry, before) ? judge(entry, owner) : undefined;
    if (judged === undefined) break;
    run.push(judged);
    before = entry;
  }
  return run.length < SHORTEST ? [] : run;
}

const follows = (entry: WireEntry, head: JournalHeadAt): boolean => entry.seq === head.seq + 1 && entry.previousHash === head.hash;

function judge(entry: WireEntry, owner: JournalOwner): Judged | undefined {
  const text = Buffer.from(entryText(entry), 'utf8');
  const bodyHash = sha256(text);
  if (entry.hash !== sha256(chainText(entry, bodyHash)) || entry.operatorId.includes('\0') || contentFault(entry.operation) !== undefined) return undefined;
  const parsed = operationSchema.safeParse(entry.operation);
  if (!parsed.success) return undefined;
  const operation = parsed.data;
  // It is judged by what the journal holds, of which the entries before it in a run are not part yet.
  if (operation.type === 'dossier.corrected') return undefined;
  const isForeign =
    operation.type === 'dossier.accepted' && (operation.dossier.officeId !== owner.officeId || operation.dossier.agencyCode !== owner.agencyCode);
  return isForeign ? undefined : { entry, text, bodyHash, operation, toldAtMs: dossierOf({ operation })?.acceptedAtMs ?? null };
}

/** False when something stands in the way of one of them: the caller undoes what was done and looks at each alone. */
export async function applyRun(trx: Connection, effects: Effects, owner: JournalOwner, run: Run, at: Date): Promise<boolean> {
  const { deviceId } = owner;
  const operations = run.map(({ entry, bodyHash }) => ({ operationId: entry.operationId, bodyHash }));
  if ((await claimOperations(trx, operations, deviceId, at)) < run.length) return false;
  const dossiers = run.flatMap(({ entry, operation, text }) => {
    // The body is kept as it came, with fields that only a newer app knows.
    const { dossier: body } = entry.operation as { dossier: object };
    return operation.type === 'dossier.accepted' ? [{ dossier: operation.dossier, body, text, deviceId, operationId: entry.operationId, at }] : [];
  });
  if (!(await effects.insertDossiers(trx, dossiers))) return false;
  for (const { entry, operation } of run) {
    if (operation.type === 'dossier.accepted') continue;
    if ((await effectOf(trx, effects, owner, entry, operation, at)).status !== 'applied') return false;
  }
  await putAppliedEntries(trx, deviceId, run, at);
  return true;
}
