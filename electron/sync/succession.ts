/**
 * How a device goes on when its journal is at its end (copied, set back, unknown to the province): a new journal with a new
 * identity takes its place, and the old folder is kept beside as evidence.
 *
 *   journal/                the current one
 *   journal-next/           the id asked for; with `enrolment.json` it waits to take over at the next start
 *   journal-kept/<id>/      earlier ones
 *
 * Each step can be cut: what is there says where to go on. Nothing of the old journal is deleted.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { JournalEntry, Operation } from '../../shared/journal/operation.ts';
import { ok } from '../../shared/lib/result.ts';
import { enrolAnswerSchema, type EnrolAnswer } from '../../shared/sync/protocol.ts';
import { sha256 } from '../digest.ts';
import { exists, isMissing, preparePrivateFolder, syncFolder, writeDurably } from '../files.ts';
import { enrolmentOperations, journalBySystem } from '../by-system.ts';
import type { Journal } from '../journal/journal.ts';
import type { IdentityFile } from './identity.ts';

const ENROLMENT = 'enrolment.json';
const CARRIED = 'carried.json';
const JOURNAL = 'journal.json';
const PAGE = 200;

/** What belongs to the identity of the old journal, or to its files. */
const LEFT_BEHIND: ReadonlySet<Operation['type']> = new Set([
  'device.enrolled',
  'device.quarantined',
  'numbers.leased',
  'keys.rotated',
  'catalogue.installed',
  'day.closed',
]);

const enrolmentSchema = z.object({ answer: enrolAnswerSchema, follows: z.uuid() });

/** No letters that are read as digits. 31^5 labels: two copies of one journal hardly ever draw the same, and the province sees to the rest. */
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ2345679';
export const newSeries = (): string => `X${Array.from(randomBytes(5), (byte) => LETTERS[byte % LETTERS.length]).join('')}`;

export type Succession = {
  /**
   * The id the next journal will have. The same one for the same code, so that a lost answer is asked for again; another one
   * for another code, because a copy of this folder has the id too, and would become the same device.
   */
  nextJournalId(code: string): Promise<string>;
  /** The province has enrolled it. Once durable, the next start begins it. */
  record(answer: EnrolAnswer): Promise<void>;
};

export function createSuccession(userData: string, currentJournalId: string): Succession {
  const next = join(userData, 'journal-next');
  return {
    async nextJournalId(code) {
      const forCode = sha256(code);
      const known = await readJson(join(next, JOURNAL), z.object({ journalId: z.uuid(), forCode: z.string() }));
      if (known?.forCode === forCode) return known.journalId;
      const journalId = randomUUID();
      await preparePrivateFolder(next);
      await writeDurably(join(next, JOURNAL), Buffer.from(JSON.stringify({ journalId, forCode })));
      return journalId;
    },
    record: (answer) => writeDurably(join(next, ENROLMENT), Buffer.from(JSON.stringify({ answer, follows: currentJournalId }))),
  };
}

/** Before the journal is opened: puts a journal that waits in the place of the current one. */
export async function takeOver(userData: string): Promise<void> {
  const [current, next, kept] = ['journal', 'journal-next', 'journal-kept'].map((name) => join(userData, name)) as [string, string, string];
  const waiting = await readJson(join(next, ENROLMENT), enrolmentSchema);
  if (waiting === undefined) return;
  if (await exists(current)) {
    await mkdir(kept, { recursive: true, mode: 0o700 });
    await rename(current, join(kept, waiting.follows));
    await syncFolder(kept);
  }
  await rename(next, current);
  await syncFolder(userData);
}

type Carry = {
  userData: string;
  journal: Journal;
  identity: IdentityFile;
  /** Opens a kept journal to read from. */
  open(folder: string): Promise<Journal>;
};

/** After the journal is opened, before anything stands on it: makes a new one the whole successor of the one it follows. */
export async function carryOver({ userData, journal, identity, open }: Carry): Promise<{ carried: number } | undefined> {
  const folder = join(userData, 'journal');
  const enrolment = await readJson(join(folder, ENROLMENT), enrolmentSchema);
  if (enrolment === undefined || (await exists(join(folder, CARRIED)))) return undefined;
  const { answer, follows } = enrolment;
  await identity.record(answer);
  const isHere = await idsOf(journal);
  const { enrolment: known, leases } = journal.state();
  for (const operation of enrolmentOperations(answer)) {
    const isSaid = operation.type === 'device.enrolled' ? known !== null : leases.some(({ leaseId }) => leaseId === answer.lease.leaseId);
    if (!isSaid) await journalBySystem(journal, operation);
  }

  const old = await open(join(userData, 'journal-kept', follows));
  let carried = 0;
  try {
    for (let after = 0; ;) {
      const page = await old.read(after, PAGE);
      const last = page.at(-1);
      if (last === undefined) break;
      after = last.seq;
      const going = page.filter(({ operation, operationId }) => !LEFT_BEHIND.has(operation.type) && !isHere.has(operationId));
      for (const carriedOver of await Promise.all(going.map((entry) => carry(journal, entry)))) {
        if (!carriedOver.ok) throw new Error(`the new journal refused: ${carriedOver.failure.kind}`);
      }
      carried += going.length;
    }
  } finally {
    await old.close();
  }
  await writeDurably(join(folder, CARRIED), Buffer.from(JSON.stringify({ follows, carried })));
  return { carried };
}

const carry = (journal: Journal, { operation, operatorId, operationId, atMs }: JournalEntry) =>
  journal.transact(operatorId, () => ok(operation), { operationId, atMs });

async function idsOf(journal: Journal): Promise<Set<string>> {
  const ids = new Set<string>();
  for (let after = 0; ;) {
    const page = await journal.read(after, PAGE);
    const last = page.at(-1);
    if (last === undefined) return ids;
    for (const { operationId } of page) ids.add(operationId);
    after = last.seq;
  }
}

async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  return text === undefined ? undefined : schema.parse(JSON.parse(text));
}
