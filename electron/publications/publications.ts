/**
 * The way down from the province: catalogue, calendar and users, by cursor. The order of what becomes durable:
 *
 *   document fetched, digest and content judged ▶ in force by one rename ▶ in the journal ▶ remembered as held ▶ cursor
 *
 * A crash between any two repeats what follows, which changes nothing. What is wrong is refused and what was in force stays.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Failure, Result } from '../../shared/lib/result.ts';
import type { Clock } from '../../shared/lib/time.ts';
import {
  officeUsersSchema,
  publicationKinds,
  refusalSchema,
  type changesAnswerSchema,
  type OfficeUsers,
  type PublicationKind,
  type PublicationsState,
  type PublishedDocument,
  type Refusal,
} from '../../shared/publications/publication.ts';
import { readDocument, type ReadDocument } from '../../shared/publications/read-document.ts';
import { fullJitterMs } from '../../shared/sync/back-off.ts';
import type { CatalogueFiles } from '../catalogue/catalogue-files.ts';
import { isMissing, preparePrivateFolder, writeDurably } from '../files.ts';
import type { Vault } from '../keys/vault.ts';
import type { Log } from '../log.ts';

/** Every answer on delivery names the newest cursor; without that word the province is asked this often. */
const ASK_EVERY_MS = 10 * 60_000;
/** Counters hear of a new catalogue within seconds of each other, and then do not fetch it all at once. */
const SPREAD_MS = 20_000;

export type Changes = z.infer<typeof changesAnswerSchema>;

export type PublicationsLane = {
  /** Undefined when there is no answer of the province. */
  changes(after: string | null): Promise<Changes | 'nothing-new' | undefined>;
  /**
   * Given only whole and with the digest announced. `cut`: the next try goes on from there. `wrong-digest`: what came is not
   * what was announced; the next try begins anew.
   */
  document(document: PublishedDocument): Promise<Result<string, { kind: 'cut' | 'wrong-digest' }>>;
  /** Removes what was begun and is not wanted any more. */
  forget(): Promise<void>;
};

export type Publications = {
  state(): PublicationsState;
  /** What of the province is in force here, by digest. */
  held(): Array<{ kind: PublicationKind; sha256: string }>;
  /** The newest cursor, as the province named it in another answer. */
  heard(cursor: string | undefined): void;
  /** The way to the province may have opened. */
  wake(): void;
  stop(): Promise<void>;
};

type Options = {
  folder: string;
  lane: PublicationsLane;
  appVersion: string;
  operatorId: string;
  isOnline(): boolean;
  catalogues: CatalogueFiles;
  vault: Vault;
  /** Notes a catalogue that came into force in the journal. */
  record(catalogue: { version: string; procedures: number }): Promise<Result<unknown, Failure>>;
  clock: Clock;
  random?: () => number;
  log: Log;
  onChange(state: PublicationsState): void;
  onCatalogue(version: string): void;
};

const kindSchema = z.enum(publicationKinds);

const memorySchema = z.object({
  /** Null: everything is asked for anew; what is held by its digest is not fetched again. */
  cursor: z.string().nullable(),
  /** Of each kind the document that is in force, by its digest. */
  held: z.partialRecord(kindSchema, z.string()),
  /** Refused for good by this version of the app; another one may read more. */
  refused: z.array(refusalSchema.extend({ sha256: z.string() })),
  appVersion: z.string(),
});
type Memory = z.infer<typeof memorySchema>;

const USERS = 'users.sealed';
const USERS_LABEL = 'publications/users';

export async function openPublications(options: Options): Promise<Publications> {
  const { folder, lane, catalogues, vault, clock, log, random = Math.random } = options;
  await preparePrivateFolder(folder);
  const memoryFile = join(folder, 'memory.json');
  let users = await readUsers();
  let memory = await loadMemory();
  /** What did not arrive whole: tried again by itself, and no verdict about the document. */
  let passing: Refusal[] = [];
  let askedAtMs: number | null = null;
  let nextAtMs = -Infinity;
  let failures = 0;
  let newest: string | undefined;
  let running: Promise<void> | undefined;
  let isStopped = false;
  let wakeFromRest: () => void = () => undefined;

  async function readUsers(): Promise<OfficeUsers | undefined> {
    try {
      return officeUsersSchema.parse(JSON.parse(vault.open(await readFile(join(folder, USERS)), USERS_LABEL).toString('utf8')));
    } catch (error) {
      if (!isMissing(error)) log.error('the list of users cannot be read and is fetched again');
      return undefined;
    }
  }

  async function loadMemory(): Promise<Memory> {
    const nothing: Memory = { cursor: null, held: {}, refused: [], appVersion: options.appVersion };
    let kept: Memory;
    try {
      kept = memorySchema.parse(JSON.parse(await readFile(memoryFile, 'utf8')));
    } catch {
      return nothing;
    }
    const isLost = catalogues.isDamaged() || (kept.held.catalogue !== undefined && catalogues.inForce().origin === 'bundled');
    if (isLost || (kept.held.users !== undefined && users === undefined)) return nothing;
    return kept.appVersion === options.appVersion ? kept : { ...nothing, held: kept.held };
  }

  async function remember(next: Memory): Promise<void> {
    await writeDurably(memoryFile, Buffer.from(JSON.stringify(next)));
    memory = next;
  }

  function state(): PublicationsState {
    return {
      catalogue: catalogues.inForce(),
      askedAtMs,
      refused: [...memory.refused, ...passing].map(({ kind, version, reason, place }) => ({
        kind,
        version,
        reason,
        ...(place === undefined ? {} : { place }),
      })),
      isOperatorListed: users === undefined ? null : users.users.some(({ id }) => id === options.operatorId),
    };
  }

  /** True when nothing is left to be tried again. */
  async function pass(): Promise<boolean> {
    passing = [];
    for (;;) {
      const changes = await lane.changes(memory.cursor);
      if (changes === undefined) return false;
      askedAtMs = clock();
      if (changes === 'nothing-new') return true;
      let isWhole = true;
      for (const document of changes.documents) isWhole = (await takeIn(document)) && isWhole;
      if (!isWhole || isStopped) return false;
      const isNews = changes.cursor !== memory.cursor;
      if (isNews) await remember({ ...memory, cursor: changes.cursor });
      if (!changes.more || !isNews) break;
    }
    await lane.forget();
    return true;
  }

  /** True when the document is settled: in force, refused, or of a kind this app does not know. */
  async function takeIn(document: PublishedDocument): Promise<boolean> {
    const kind = kindSchema.safeParse(document.kind).data;
    const { sha256, version } = document;
    if (kind === undefined || memory.held[kind] === sha256 || memory.refused.some((refused) => refused.sha256 === sha256)) return true;
    // A device that has nothing yet is one of few, and its officer waits.
    if (memory.held[kind] !== undefined) await rest(random() * SPREAD_MS);
    if (isStopped) return false;

    const fetched = await lane.document(document);
    if (!fetched.ok) {
      if (fetched.failure.kind === 'wrong-digest') {
        log.error(`${kind} ${version} did not come down as announced`);
        passing = [...passing, { kind, version, reason: 'wrong-digest' }];
      }
      return false;
    }
    const read = readDocument(kind, fetched.value);
    if (!read.ok) {
      const { path = '$', reason = 'wrong-form' } = read.problems[0] ?? {};
      log.error(`${kind} ${version} refused: ${path}: ${reason}, ${read.problems.length} mistakes; what was in force stays`);
      const others = memory.refused.filter((refused) => refused.kind !== kind);
      await remember({ ...memory, refused: [...others, { kind, version, reason, place: path.slice(0, 300), sha256 }] });
      return true;
    }
    if (!(await putInForce(read.value, fetched.value))) return false;
    await remember({ ...memory, held: { ...memory.held, [kind]: sha256 }, refused: memory.refused.filter((refused) => refused.kind !== kind) });
    log.info(`${kind} ${version} of the province is in force`);
    return true;
  }

  /** False when the disk has no room; nothing has changed then, or all of it has. */
  async function putInForce({ kind, content }: ReadDocument, text: string): Promise<boolean> {
    switch (kind) {
      case 'catalogue': {
        const installed = await catalogues.install(content, 'province', clock());
        if (!installed.ok) return false;
        options.onCatalogue(content.version);
        return (await options.record({ version: content.version, procedures: content.procedures.length })).ok;
      }
      case 'calendar': {
        const installed = await catalogues.installCalendar(content);
        if (installed.ok) options.onCatalogue(catalogues.current().version);
        return installed.ok;
      }
      case 'users':
        // As it came: a newer app may read more of it.
        await writeDurably(join(folder, USERS), vault.seal(Buffer.from(text), USERS_LABEL));
        users = content;
        return true;
    }
  }

  const rest = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wakeFromRest = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  async function run(): Promise<void> {
    newest = undefined;
    const isSettled = await pass().catch((error: unknown) => {
      log.warn(`the province's publications could not be taken in: ${error instanceof Error ? error.message : ''}`);
      return false;
    });
    failures = isSettled ? 0 : failures + 1;
    nextAtMs = clock() + (isSettled ? ASK_EVERY_MS * (0.75 + random() / 2) : fullJitterMs(failures, random));
  }

  function wake(): void {
    if (isStopped || running !== undefined || !options.isOnline()) return;
    const isNews = newest !== undefined && newest !== memory.cursor && failures === 0;
    // A clock set back would otherwise keep the next time far away.
    if (!isNews && clock() < nextAtMs && nextAtMs - clock() < 2 * ASK_EVERY_MS) return;
    running = run().finally(() => {
      running = undefined;
      options.onChange(state());
      // Named while the pass was under way.
      if (newest !== undefined && !isStopped) wake();
    });
  }

  return {
    state,
    held: () => publicationKinds.flatMap((kind) => (memory.held[kind] === undefined ? [] : [{ kind, sha256: memory.held[kind] }])),
    heard(cursor) {
      newest = cursor;
      wake();
    },
    wake,
    async stop() {
      isStopped = true;
      wakeFromRest();
      // A request under way is not waited for: what came of it is asked for again at the next start.
      await Promise.race([running, new Promise((resolve) => setTimeout(resolve, 500))]);
    },
  };
}
