/** Runs the sync engine: keeps its memory on disk, wakes it for new work, tells the screens. */
import { readFile } from 'node:fs/promises';
import { enrolmentOperations, journalBySystem } from '../by-system.ts';
import type { Journal } from '../journal/journal.ts';
import { emergencyUsedOn, numbersLeft, rangesLeft, wantsLease } from '../../shared/dossiers/code.ts';
import { ok, fail, type Failure, type Result } from '../../shared/lib/result.ts';
import { dateAt, type Clock } from '../../shared/lib/time.ts';
import { createSyncEngine, type CarriedAnswers, type Province, type ProvinceFailure, type ScanLane } from '../../shared/sync/engine.ts';
import { refusalOf, standingOf, surelyHeldSeq, syncMemorySchema, type Rejection, type SyncMemory } from '../../shared/sync/memory.ts';
import type { EnrolAnswer } from '../../shared/sync/protocol.ts';
import type { DossierDelivery, NumberRanges, SyncState } from '../../shared/sync/state.ts';
import { dossierIn } from '../entry-bytes.ts';
import { isMissing, writeDurably } from '../files.ts';
import type { Log } from '../log.ts';
import type { HttpProvince } from './http-province.ts';
import type { IdentityFile } from './identity.ts';
import type { ScanPace } from './scan-pace.ts';
import { newSeries, type Succession } from './succession.ts';

export type SyncService = {
  state(): SyncState;
  deliveries(dossierIds: string[]): DossierDelivery[];
  /** Why the province will not have a dossier as it was said last. */
  refusalOf(dossierId: string): Rejection | undefined;
  isOnline(): boolean;
  /** What the province is known to hold. */
  memory(): SyncMemory;
  /** New work. */
  wake(): void;
  /** An officer who does not want to wait: what is parked is offered again too. */
  retry(): void;
  /** The province's time at the end of the last whole pass: until then it holds what it has confirmed. Undefined before one. */
  agreedMs(): number | undefined;
  enrol(code: string): Promise<Result<{ deviceId: string }, Failure>>;
  /** Takes in a receipt the province gave for a take-away file. */
  absorb(answers: CarriedAnswers): Promise<{ acknowledged: number; confirmed: number }>;
  start(): void;
  stop(): Promise<void>;
};

type Options = {
  journal: Journal;
  identity: IdentityFile;
  province: Province & Pick<HttpProvince, 'timeMs' | 'enrolJournal'>;
  scans: ScanLane;
  /** How fast the scans may go now, for the screens. */
  scanPace: Pick<ScanPace, 'now'>;
  succession: Succession;
  memoryFile: string;
  /** Hears, before it is remembered, that the province may hold less than it once acknowledged: nothing after `seq` is confirmed any more. */
  onForgotten(seq: number): Promise<void>;
  /** A new journal has been enrolled in place of this one; it is begun at the next start. */
  onSucceeded(): void;
  /** By the province's signed order. */
  destroyKeys(): Promise<void>;
  enrolmentCode: string | undefined;
  clock: Clock;
  log: Log;
  onChange(state: SyncState): void;
  onDelivered(deliveries: DossierDelivery[]): void;
};

export async function createSyncService(options: Options): Promise<SyncService> {
  const { journal, identity, province, scans, clock, log } = options;
  /** The settings' code is for the first enrolment; a new journal needs a new one. */
  let enrolmentCode = identity.current() === undefined ? options.enrolmentCode : undefined;
  let agreedMs: number | undefined;
  /** What came of the last code typed for a new journal, until its officer has been told. */
  let renewal: Result<EnrolAnswer, ProvinceFailure> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> | undefined;
  let isWoken = false;
  let isStopped = false;
  let last: Pick<SyncMemory, 'unconfirmed' | 'rejected'> = { unconfirmed: {}, rejected: [] };

  let savedSeq = 0;
  let askedForNumbers: NumberRanges['asked'] = null;
  const wantsNumbers = (): boolean => wantsLease(journal.state(), dateAt(clock()), dateAt(province.timeMs() ?? clock()));

  async function saveMemory(memory: SyncMemory): Promise<void> {
    const held = surelyHeldSeq(memory);
    if (held < savedSeq) await options.onForgotten(held);
    await journal.withReserve(() => writeDurably(options.memoryFile, Buffer.from(JSON.stringify(memory))));
    savedSeq = held;
  }

  async function leaseNumbers(): ReturnType<Province['leaseNumbers']> {
    const answer = await province.leaseNumbers();
    askedForNumbers = { atMs: clock(), answer: answer.ok ? 'given' : answer.failure.kind === 'refused' ? 'refused' : 'unanswered' };
    return answer;
  }

  const engine = await createSyncEngine({
    province: { ...province, leaseNumbers },
    scans,
    outbox: { head: () => journal.head(), read: (afterSeq, limit) => journal.readToSend(afterSeq, limit), dossierIn },
    clock,
    random: Math.random,
    memory: {
      load: () => loadMemory(options.memoryFile, log),
      save: saveMemory,
    },
    enrolment: {
      isEnrolled: () => identity.current() !== undefined && journal.state().enrolment !== null,
      code: () => enrolmentCode,
      async record(answer) {
        await identity.record(answer);
        for (const operation of enrolmentOperations(answer)) await journalBySystem(journal, operation);
        log.info(`enrolled as instance ${answer.instance}`);
      },
      async renew(code) {
        enrolmentCode = undefined;
        const answer = await province.enrolJournal(code, await options.succession.nextJournalId(code));
        renewal = answer;
        if (!answer.ok) return answer;
        await options.succession.record(answer.value);
        log.warn('a new journal takes the place of the quarantined one');
        options.onSucceeded();
        return ok(null);
      },
      async forsakeNumbers() {
        await journalBySystem(journal, { type: 'device.quarantined', reason: 'copied', series: newSeries() });
        log.error('quarantined: this journal was copied or set back');
      },
    },
    async destroyKeys() {
      isStopped = true;
      log.error('the province has ordered the keys of this device to be destroyed');
      await options.destroyKeys();
    },
    numbers: {
      isHalfUsed: wantsNumbers,
      record: (lease) => journalBySystem(journal, { type: 'numbers.leased', lease }),
    },
    onChange(_, memory, answered) {
      options.onChange(state());
      const changed = deliveries([...new Set([...answered, ...movedBetween(last, memory)])]);
      last = memory;
      if (changed.length > 0) options.onDelivered(changed);
    },
  });
  last = engine.memory();
  savedSeq = surelyHeldSeq(engine.memory());

  function state(): SyncState {
    const memory = engine.memory();
    const { enrolment, leases, usedByDate } = journal.state();
    const today = dateAt(clock());
    const waitingScans = new Set(Object.values(memory.unconfirmed).flat()).size;
    const { kbps, until } = options.scanPace.now();
    return {
      connection: engine.connection(),
      waitingEntries: Math.max(0, journal.head().seq - memory.acknowledgedSeq),
      waitingScans,
      ...(waitingScans > 0 && kbps !== null && { scanPace: { kbps, until } }),
      needsFix: [...memory.rejected.filter(isLastWord), ...scansToMend(memory)],
      needsNewerApp: memory.needsNewerApp,
      numbers: enrolment === null ? null : numbersLeft(leases, usedByDate, today),
      ranges:
        enrolment === null
          ? null
          : {
              ranges: rangesLeft(leases, usedByDate, today),
              emergencyToday: emergencyUsedOn(usedByDate, today),
              isWanted: wantsNumbers(),
              asked: askedForNumbers,
            },
      deviceId: identity.current()?.deviceId,
      replaces: identity.current()?.replaces,
    };
  }

  /** Not overtaken by a correction that is on its way. */
  function isLastWord({ dossierId, seq }: Rejection): boolean {
    return dossierId === undefined || seq >= (journal.acceptedAt(dossierId)?.seq ?? seq);
  }

  function deliveries(dossierIds: string[]): DossierDelivery[] {
    const memory = engine.memory();
    const handedOver = new Set(journal.state().handedOver);
    return dossierIds.flatMap((dossierId) => {
      const dossier = journal.acceptedAt(dossierId);
      if (dossier === undefined) return [];
      const scansTotal = dossier.scans;
      const standing = standingOf(memory, { dossierId, seq: dossier.seq });
      const scansVerified = standing === 'confirmed' ? scansTotal : 0;
      return [{ dossierId, state: standing, scansTotal, scansVerified, ...(handedOver.has(dossierId) ? { isHandedOver: true } : {}) }];
    });
  }

  async function run(): Promise<void> {
    clearTimeout(timer);
    do {
      isWoken = false;
      let waitMs: number;
      try {
        waitMs = await engine.cycle();
        if (engine.connection().status === 'online') agreedMs = province.timeMs();
      } catch (error) {
        // Our own disk, not the network: nothing was forgotten, the next pass says it again.
        log.error(`sync pass failed: ${error instanceof Error ? error.message : 'unknown'}`);
        waitMs = 10_000;
      }
      if (!isWoken && !isStopped && waitMs > 0) timer = setTimeout(wake, waitMs);
      else isWoken = isWoken || waitMs === 0;
    } while (isWoken && !isStopped);
  }

  function wake(): void {
    if (isStopped) return;
    isWoken = true;
    engine.notice();
    running ??= run().finally(() => {
      running = undefined;
      if (isWoken) wake();
    });
  }

  return {
    state,
    deliveries,
    refusalOf(dossierId) {
      const said = journal.acceptedAt(dossierId);
      return said === undefined ? undefined : refusalOf(engine.memory(), { dossierId, seq: said.seq });
    },
    memory: () => engine.memory(),
    isOnline: () => engine.connection().status === 'online',
    wake,
    start: wake,
    agreedMs: () => agreedMs,
    retry() {
      engine.hurry();
      // Settles before the pass it waits for; what a full disk says is said by that pass.
      engine.offerAgain().catch(() => undefined);
      wake();
    },
    absorb(answers) {
      const taken = engine.absorb(answers);
      wake();
      return taken;
    },
    async enrol(code) {
      enrolmentCode = code;
      engine.hurry();
      wake();
      await running;
      if (renewal !== undefined) {
        const asked = renewal;
        renewal = undefined;
        if (asked.ok) return ok({ deviceId: asked.value.deviceId });
        return fail(asked.failure.kind === 'refused' ? 'enrolment-refused' : 'province-unreachable');
      }
      const current = identity.current();
      if (current !== undefined && engine.memory().quarantine === undefined) return ok({ deviceId: current.deviceId });
      const { connection } = state();
      enrolmentCode = current === undefined ? options.enrolmentCode : undefined;
      return fail(connection.status === 'offline' && connection.reason === 'refused' ? 'enrolment-refused' : 'province-unreachable');
    },
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      // A request under way is not waited for: whatever it did is said again at the next start.
      await Promise.race([running, new Promise((resolve) => setTimeout(resolve, 500))]);
    },
  };
}

type Standings = Pick<SyncMemory, 'unconfirmed' | 'rejected'>;

/** Dossiers that were sent, confirmed or refused between two memories, or are not refused any more. */
function movedBetween(one: Standings, other: Standings): string[] {
  const refusedIn = ({ rejected }: Standings): Set<string> => new Set(rejected.flatMap(({ dossierId }) => dossierId ?? []));
  const inOne = (a: Iterable<string>, has: (dossierId: string) => boolean): string[] => [...a].filter((dossierId) => !has(dossierId));
  const [before, after] = [refusedIn(one), refusedIn(other)];
  return [
    ...inOne(Object.keys(one.unconfirmed), (dossierId) => dossierId in other.unconfirmed),
    ...inOne(Object.keys(other.unconfirmed), (dossierId) => dossierId in one.unconfirmed),
    ...inOne(before, (dossierId) => after.has(dossierId)),
    ...inOne(after, (dossierId) => before.has(dossierId)),
  ];
}

/** One for each dossier that waits for a scan which the province, or this device, will not have. */
const scansToMend = ({ unconfirmed, scanProblems }: SyncMemory): SyncState['needsFix'] =>
  Object.entries(unconfirmed).flatMap(([dossierId, digests]) =>
    digests.flatMap((sha256) => {
      const reason = scanProblems[sha256];
      return reason === undefined ? [] : [{ operationId: `${dossierId}/${sha256}`, dossierId, reason }];
    }),
  );

async function loadMemory(path: string, log: Log): Promise<SyncMemory | undefined> {
  try {
    return syncMemorySchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (!isMissing(error)) log.warn('sync memory unreadable, everything is offered to the province again');
    return undefined;
  }
}
