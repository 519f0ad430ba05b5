/** Runs the sync engine: keeps its memory on disk, wakes it for new work, tells the screens. */
import { readFile } from 'node:fs/promises';
import type { Journal } from '../journal/journal.ts';
import { numbersLeft } from '../../shared/dossiers/code.ts';
import { ok, fail, type Failure, type Result } from '../../shared/lib/result.ts';
import { dateAt, type Clock } from '../../shared/lib/time.ts';
import { createSyncEngine, type CarriedAnswers, type Province, type ScanLane } from '../../shared/sync/engine.ts';
import { syncMemorySchema, type SyncMemory } from '../../shared/sync/memory.ts';
import type { DossierDelivery, SyncState } from '../../shared/sync/state.ts';
import { isMissing, writeDurably } from '../files.ts';
import type { Log } from '../log.ts';
import type { IdentityFile } from './identity.ts';

/** A lease is renewed when this share of its numbers for the day is left. */
const RENEW_AT = 0.5;
const SYSTEM_OPERATOR = 'system';

export type SyncService = {
  state(): SyncState;
  deliveries(dossierIds: string[]): DossierDelivery[];
  isOnline(): boolean;
  /** What the province is known to hold. */
  memory(): SyncMemory;
  /** New work or an officer who does not want to wait. */
  wake(): void;
  enrol(code: string): Promise<Result<{ deviceId: string }, Failure>>;
  /** Takes in a receipt the province gave for a take-away file. */
  absorb(answers: CarriedAnswers): Promise<{ acknowledged: number; confirmed: number }>;
  start(): void;
  stop(): Promise<void>;
};

type Options = {
  journal: Journal;
  identity: IdentityFile;
  province: Province;
  scans: ScanLane;
  memoryFile: string;
  /** Hears, before it is remembered, that the province holds less than it once acknowledged: nothing after `seq` is confirmed any more. */
  onForgotten(seq: number): Promise<void>;
  enrolmentCode: string | undefined;
  clock: Clock;
  log: Log;
  onChange(state: SyncState): void;
  onDelivered(deliveries: DossierDelivery[]): void;
};

export async function createSyncService(options: Options): Promise<SyncService> {
  const { journal, identity, province, scans, clock, log } = options;
  let enrolmentCode = options.enrolmentCode;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> | undefined;
  let isWoken = false;
  let isStopped = false;
  let lastUnconfirmed: SyncMemory['unconfirmed'] = {};

  let savedSeq = 0;

  async function saveMemory(memory: SyncMemory): Promise<void> {
    if (memory.acknowledgedSeq < savedSeq) await options.onForgotten(memory.acknowledgedSeq);
    await journal.withReserve(() => writeDurably(options.memoryFile, Buffer.from(JSON.stringify(memory))));
    savedSeq = memory.acknowledgedSeq;
  }

  const engine = await createSyncEngine({
    province,
    scans,
    outbox: { head: () => journal.head(), read: (afterSeq, limit) => journal.read(afterSeq, limit) },
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
        const { deviceId, instance, officeId, lease } = answer;
        must(await journal.transact(SYSTEM_OPERATOR, () => ok({ type: 'device.enrolled' as const, deviceId, instance, officeId })));
        must(await journal.transact(SYSTEM_OPERATOR, () => ok({ type: 'numbers.leased' as const, lease })));
        log.info(`enrolled as instance ${instance}`);
      },
    },
    numbers: {
      isHalfUsed() {
        const state = journal.state();
        const today = dateAt(clock());
        const valid = state.leases.filter(({ validFrom, validTo }) => validFrom <= today && today <= validTo);
        const whole = valid.reduce((sum, lease) => sum + (lease.to - lease.from + 1), 0);
        return numbersLeft(state.leases, state.usedByDate, today).left <= whole * RENEW_AT;
      },
      async record(lease) {
        must(await journal.transact(SYSTEM_OPERATOR, () => ok({ type: 'numbers.leased' as const, lease })));
      },
    },
    onChange(_, memory) {
      options.onChange(state());
      const confirmed = Object.keys(lastUnconfirmed).filter((dossierId) => !(dossierId in memory.unconfirmed));
      const sent = Object.keys(memory.unconfirmed).filter((dossierId) => !(dossierId in lastUnconfirmed));
      lastUnconfirmed = memory.unconfirmed;
      const changed = deliveries([...confirmed, ...sent]);
      if (changed.length > 0) options.onDelivered(changed);
    },
  });
  lastUnconfirmed = engine.memory().unconfirmed;
  savedSeq = engine.memory().acknowledgedSeq;

  function state(): SyncState {
    const memory = engine.memory();
    const counter = journal.state();
    return {
      connection: engine.connection(),
      waitingEntries: Math.max(0, journal.head().seq - memory.acknowledgedSeq),
      waitingScans: new Set(Object.values(memory.unconfirmed).flat()).size,
      needsFix: memory.rejected,
      numbers: counter.enrolment === null ? null : numbersLeft(counter.leases, counter.usedByDate, dateAt(clock())),
      deviceId: identity.current()?.deviceId,
      replaces: identity.current()?.replaces,
    };
  }

  function deliveries(dossierIds: string[]): DossierDelivery[] {
    const memory = engine.memory();
    const rejected = new Set(memory.rejected.map((one) => one.dossierId));
    const handedOver = new Set(journal.state().handedOver);
    return dossierIds.flatMap((dossierId) => {
      const dossier = journal.acceptedAt(dossierId);
      if (dossier === undefined) return [];
      const scansTotal = dossier.scans;
      const delivery = (at: DossierDelivery['state'], scansVerified: number): DossierDelivery[] => [
        { dossierId, state: at, scansTotal, scansVerified, ...(handedOver.has(dossierId) ? { isHandedOver: true } : {}) },
      ];
      if (rejected.has(dossierId)) return delivery('needs-fix', 0);
      if (dossier.seq > memory.acknowledgedSeq) return delivery('saved', 0);
      return dossierId in memory.unconfirmed ? delivery('sent', 0) : delivery('confirmed', scansTotal);
    });
  }

  async function run(): Promise<void> {
    clearTimeout(timer);
    do {
      isWoken = false;
      let waitMs: number;
      try {
        waitMs = await engine.cycle();
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
    running ??= run().finally(() => {
      running = undefined;
      if (isWoken) wake();
    });
  }

  return {
    state,
    deliveries,
    memory: () => engine.memory(),
    isOnline: () => engine.connection().status === 'online',
    wake,
    start: wake,
    absorb(answers) {
      const taken = engine.absorb(answers);
      wake();
      return taken;
    },
    async enrol(code) {
      enrolmentCode = code;
      wake();
      await running;
      const current = identity.current();
      if (current !== undefined) return ok({ deviceId: current.deviceId });
      const { connection } = state();
      enrolmentCode = options.enrolmentCode;
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

function must(result: Result<unknown, Failure>): void {
  if (!result.ok) throw new Error(`journal refused: ${result.failure.kind}`);
}

async function loadMemory(path: string, log: Log): Promise<SyncMemory | undefined> {
  try {
    return syncMemorySchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (!isMissing(error)) log.warn('sync memory unreadable, everything is offered to the province again');
    return undefined;
  }
}
