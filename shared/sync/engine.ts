/**
 * One device's way to the province, as one repeatable cycle:
 *
 *   hello ──fail──▶ offline (full-jitter back-off, Retry-After honoured)
 *     │ signed answer
 *     ▼
 *   enrolled? ──no──▶ enrol with the one-time code ──no code──▶ not enrolled
 *     │
 *     ▼
 *   quarantined? ──yes──▶ wait for a new code, then begin a new journal
 *     │
 *     ▼
 *   lease numbers when half are used ▶ push the journal's tail ▶ recheck after a restore ▶ offer the parked again ▶ ask what
 *   is verified ▶ upload scans ▶ ask again ▶ idle
 *
 * Every step may be cut anywhere: nothing is forgotten until the province has said it holds it, and everything may be said
 * twice. Every answer carries the province's epoch and the head it holds of this journal; `alignWith` draws the conclusions.
 */
import { dossierOf, type JournalEntry, type JournalHead, type NumberLease } from '../journal/operation.ts';
import type { Result } from '../lib/result.ts';
import type { Clock } from '../lib/time.ts';
import { fullJitterMs } from './back-off.ts';
import { acknowledge, alignWith, confirm, dueAgain, emptyMemory, offerAgain, quarantined, recheckedWith, type SyncMemory } from './memory.ts';
import type { EnrolAnswer, JournalAnswer, JournalRequest, StatusAnswer, StatusRequest } from './protocol.ts';
import type { Connection } from './state.ts';

/** Entries in one request; the byte limit of the province (32 MB) is far above any such batch. */
export const PUSH_BATCH = 200;
const STATUS_BATCH = 500;
const SCANS_AT_ONCE = 2;

export type ProvinceFailure =
  | { kind: 'unreachable' | 'not-the-province' }
  /** The province answered and asks for patience. */
  | { kind: 'busy'; retryAfterMs?: number }
  /** The province answered and will not have it. */
  | { kind: 'refused'; reason: string; /** The province has signed that this device's keys are to be destroyed now. */ destroys?: boolean };

/** The province as the engine sees it; one adapter speaks HTTP, one lives in the simulation. */
export type Province = {
  /** Resolves only on an answer signed by the key learnt at enrolment (any signature before that). */
  hello(): Promise<Result<{ epoch: number }, ProvinceFailure>>;
  enrol(code: string): Promise<Result<EnrolAnswer, ProvinceFailure>>;
  push(request: JournalRequest): Promise<Result<JournalAnswer, ProvinceFailure>>;
  status(request: StatusRequest): Promise<Result<StatusAnswer, ProvinceFailure>>;
  leaseNumbers(): Promise<Result<{ lease: NumberLease }, ProvinceFailure>>;
};

export type ScanLane = {
  /** Bytes of each scan, to send small ones first; undefined when the device no longer holds it. */
  sizeOf(sha256: string): Promise<number | undefined>;
  upload(sha256: string): Promise<Result<null, ProvinceFailure>>;
};

export type Outbox = {
  head(): JournalHead;
  read(afterSeq: number, limit: number): Promise<JournalEntry[]>;
};

export type SyncPorts = {
  province: Province;
  scans: ScanLane;
  outbox: Outbox;
  clock: Clock;
  random: () => number;
  memory: { load(): Promise<SyncMemory | undefined>; save(memory: SyncMemory): Promise<void> };
  enrolment: {
    isEnrolled(): boolean;
    code(): string | undefined;
    /** Journals the enrolment and its first lease; resolves once durable. */
    record(answer: EnrolAnswer): Promise<void>;
    /**
     * Enrols a new journal in place of the quarantined one. After `ok` this engine's time is over: the device starts anew,
     * with everything it holds journalled again under the operation ids it had, so that what the province has is a duplicate.
     */
    renew(code: string): Promise<Result<null, ProvinceFailure>>;
    /** Someone else may be using this journal's numbers: none of them is given out any more. Resolves once durable. */
    forsakeNumbers(): Promise<void>;
  };
  /** By the province's signed order only, which the adapter has verified. After it nothing here opens any more. */
  destroyKeys(): Promise<void>;
  numbers: { isHalfUsed(): boolean; record(lease: NumberLease): Promise<void> };
  onChange(connection: Connection, memory: SyncMemory): void;
};

/** The province's answers that came another way than the line: by a receipt file. */
export type CarriedAnswers = { journal: JournalAnswer; status: StatusAnswer };

export type SyncEngine = {
  /** Takes them in before the next pass, line or not; resolves, once remembered, with how much of them was news. */
  absorb(answers: CarriedAnswers): Promise<{ acknowledged: number; confirmed: number }>;
  /** Everything parked is offered again in the next pass. */
  offerAgain(): Promise<void>;
  connection(): Connection;
  memory(): SyncMemory;
  /** One whole pass. Resolves with the milliseconds to wait before the next one. Never rejects for what a network may do. */
  cycle(): Promise<number>;
};

/** When all is delivered the province is asked again after this long; new work does not wait for it. */
export const IDLE_MS = 15_000;
/** A refusal that only a person can change is looked at again after this long. */
export const REFUSED_MS = 60_000;

export async function createSyncEngine(ports: SyncPorts): Promise<SyncEngine> {
  const { province, outbox, enrolment, numbers, scans, clock } = ports;
  let memory = (await ports.memory.load()) ?? emptyMemory;
  let connection: Connection = enrolment.isEnrolled() || enrolment.code() !== undefined ? { status: 'connecting' } : { status: 'not-enrolled' };
  let failures = 0;
  /** Ordered to destroy its keys once the province has everything. */
  let isLeaving = false;

  const carried: Array<() => Promise<void>> = [];

  const publish = (): void => ports.onChange(connection, memory);

  async function remember(next: SyncMemory): Promise<void> {
    if (next === memory) return;
    // Before the memory of it: a device that forgets the quarantine finds it again, one that goes on giving out numbers does harm.
    if (endsNumbers(next) && !endsNumbers(memory)) await enrolment.forsakeNumbers();
    await ports.memory.save(next);
    memory = next;
    publish();
  }

  const takeIn = (from: SyncMemory, answer: JournalAnswer | StatusAnswer): SyncMemory => alignWith(from, answer, outbox.head().seq, clock());

  async function pushTail(): Promise<ProvinceFailure | undefined> {
    while (memory.acknowledgedSeq < outbox.head().seq) {
      const entries = await outbox.read(memory.acknowledgedSeq, PUSH_BATCH);
      const first = entries[0];
      if (first === undefined) {
        // Entries that can no longer be read on this device; the start gate has reported them.
        await remember(quarantined(memory, 'gap', clock()));
        return undefined;
      }
      const before = memory.acknowledgedSeq;
      const answer = await province.push({ journalId: outbox.head().journalId, entries, receipt: memory.receipt });
      if (!answer.ok) return answer.failure;
      const next = takeIn(acknowledge(memory, entries, answer.value, clock()), answer.value);
      await remember(next);
      if (next.quarantine !== undefined || next.needsNewerApp) return undefined;
      if (next.acknowledgedSeq !== before) continue;
      // The province waits for entries that are not there to be read: the rest of this journal can never follow.
      if (first.seq <= answer.value.head.seq + 1) return { kind: 'refused', reason: 'no-progress' };
      await remember(quarantined(memory, 'gap', clock()));
      return undefined;
    }
    return undefined;
  }

  /** One by one: each stands alone, wherever in the journal it is. */
  async function offerParked(): Promise<ProvinceFailure | undefined> {
    for (const { seq, operationId } of dueAgain(memory, clock())) {
      // A correction that was taken meanwhile has overtaken it.
      if (!memory.rejected.some((one) => one.operationId === operationId)) continue;
      const [entry] = await outbox.read(seq - 1, 1);
      if (entry?.seq !== seq) continue;
      const answer = await province.push({ journalId: outbox.head().journalId, entries: [entry], receipt: memory.receipt });
      if (!answer.ok) return answer.failure;
      await remember(takeIn(acknowledge(memory, [entry], answer.value, clock()), answer.value));
      if (memory.quarantine !== undefined) return undefined;
    }
    return undefined;
  }

  /** The province was set back: page by page, what it once confirmed is asked about again, and what it has lost is offered again. */
  async function recheck(): Promise<ProvinceFailure | undefined> {
    while (memory.recheck !== undefined) {
      const { after, through } = memory.recheck;
      const page = (await outbox.read(after, STATUS_BATCH)).filter(({ seq }) => seq <= through);
      const dossierIds = page.flatMap((entry) => dossierOf(entry)?.dossierId ?? []);
      const answer = await province.status({ dossierIds, scans: [], receipt: memory.receipt });
      if (!answer.ok) return answer.failure;
      const aligned = takeIn(memory, answer.value);
      // Set back once more meanwhile: begun again from the first entry.
      if (aligned.epoch !== memory.epoch || aligned.quarantine !== undefined) {
        await remember(aligned);
        if (aligned.quarantine !== undefined) return undefined;
        continue;
      }
      const last = page.at(-1);
      const isLast = last === undefined || last.seq >= through;
      await remember({ ...recheckedWith(aligned, page, answer.value), recheck: isLast ? undefined : { after: last.seq, through } });
    }
    return undefined;
  }

  /** Asks about every dossier not yet confirmed; returns the scans the province still lacks. */
  async function askStatus(): Promise<Result<string[], ProvinceFailure>> {
    const lacking: string[] = [];
    const open = Object.entries(memory.unconfirmed);
    for (let from = 0; from < Math.max(open.length, 1); from += STATUS_BATCH) {
      const page = open.slice(from, from + STATUS_BATCH);
      const wanted = [...new Set(page.flatMap(([, digests]) => digests))];
      const answer = await province.status({ dossierIds: page.map(([dossierId]) => dossierId), scans: wanted, receipt: memory.receipt });
      if (!answer.ok) return answer;
      isLeaving = answer.value.destroy !== undefined;
      const verified = new Set(answer.value.verifiedScans);
      lacking.push(...wanted.filter((digest) => !verified.has(digest)));
      await remember(await doubtHead(takeIn(confirm(memory, answer.value), answer.value), answer.value));
    }
    return { ok: true, value: [...new Set(lacking)] };
  }

  /** Another hash at the same place: that entry is offered again, and the province says whether the journal has forked. */
  async function doubtHead(next: SyncMemory, { head }: StatusAnswer): Promise<SyncMemory> {
    if (head.seq === 0 || head.seq > outbox.head().seq) return next;
    const own = head.seq === outbox.head().seq ? outbox.head() : (await outbox.read(head.seq - 1, 1))[0];
    const isSame = own?.seq !== head.seq || own.hash === head.hash;
    return isSame ? next : { ...next, acknowledgedSeq: Math.min(next.acknowledgedSeq, head.seq - 1) };
  }

  async function sendScans(lacking: string[]): Promise<ProvinceFailure | undefined> {
    const sized = await Promise.all(lacking.map(async (sha256) => ({ sha256, bytes: await scans.sizeOf(sha256) })));
    const missing = sized.filter((scan) => scan.bytes === undefined).map((scan) => scan.sha256);
    const ready = sized.filter((scan) => scan.bytes !== undefined).sort((a, b) => (a.bytes ?? 0) - (b.bytes ?? 0));
    const refused: Record<string, string> = Object.fromEntries(missing.map((sha256) => [sha256, 'scan-missing']));
    let failure: ProvinceFailure | undefined;
    const lane = async (): Promise<void> => {
      for (let scan = ready.shift(); scan !== undefined && failure === undefined; scan = ready.shift()) {
        // Small records go first: a dossier taken in meanwhile does not wait behind scans.
        if (memory.acknowledgedSeq < outbox.head().seq) return;
        const sent = await scans.upload(scan.sha256);
        if (sent.ok) continue;
        if (sent.failure.kind === 'refused') refused[scan.sha256] = sent.failure.reason;
        else failure = sent.failure;
      }
    };
    await Promise.all(Array.from({ length: SCANS_AT_ONCE }, lane));
    await remember({ ...memory, scanProblems: refused });
    return failure;
  }

  async function absorb({ journal, status }: CarriedAnswers): Promise<{ acknowledged: number; confirmed: number }> {
    const before = memory;
    for (;;) {
      const entries = await outbox.read(memory.acknowledgedSeq, PUSH_BATCH);
      const next = acknowledge(memory, entries, journal, clock());
      if (next.acknowledgedSeq === memory.acknowledgedSeq) break;
      await remember(next);
    }
    const waiting = Object.keys(memory.unconfirmed).length;
    // Its head may be older than ours, which is no sign that the province forgot: it was written down then and carried since.
    await remember(confirm(memory, status));
    return { acknowledged: memory.acknowledgedSeq - before.acknowledgedSeq, confirmed: waiting - Object.keys(memory.unconfirmed).length };
  }

  /** Everything that needs the province to know this device; cut short as soon as the journal turns out to be at its end. */
  async function exchange(): Promise<ProvinceFailure | undefined> {
    if (numbers.isHalfUsed()) {
      const leased = await province.leaseNumbers();
      if (leased.ok) await numbers.record(leased.value.lease);
      else if (leased.failure.kind !== 'refused') return leased.failure;
    }
    for (const step of [pushTail, recheck, offerParked]) {
      const failure = await step();
      if (failure !== undefined || memory.quarantine !== undefined) return failure;
    }
    const lacking = await askStatus();
    if (!lacking.ok) return lacking.failure;
    if (lacking.value.length === 0 || memory.quarantine !== undefined) return undefined;
    const sent = await sendScans(lacking.value);
    if (sent !== undefined) return sent;
    const again = await askStatus();
    return again.ok ? undefined : again.failure;
  }

  async function pass(): Promise<ProvinceFailure | undefined> {
    const hello = await province.hello();
    if (!hello.ok) return hello.failure;
    const code = enrolment.code();
    if (!enrolment.isEnrolled()) {
      if (code === undefined) return undefined;
      const enrolled = await province.enrol(code);
      if (!enrolled.ok) return enrolled.failure;
      await enrolment.record(enrolled.value);
    }
    if (memory.quarantine !== undefined) return renew(code);
    if (connection.status !== 'online') {
      connection = { status: 'online', sinceMs: clock() };
      publish();
    }
    const failure = await exchange();
    if (failure?.kind === 'refused' && FORGOTTEN.has(failure.reason)) {
      await remember(quarantined(memory, 'unknown', clock()));
      return undefined;
    }
    return failure;
  }

  async function renew(code: string | undefined): Promise<ProvinceFailure | undefined> {
    if (code === undefined) return undefined;
    const renewed = await enrolment.renew(code);
    return renewed.ok ? undefined : renewed.failure;
  }

  const isAllDelivered = (): boolean =>
    memory.quarantine === undefined &&
    memory.acknowledgedSeq === outbox.head().seq &&
    memory.rejected.length === 0 &&
    memory.recheck === undefined &&
    Object.keys(memory.unconfirmed).length === 0;

  function settleConnection(): number {
    const { quarantine } = memory;
    if (quarantine !== undefined) {
      connection = { status: 'quarantined', ...quarantine };
      return REFUSED_MS;
    }
    if (!enrolment.isEnrolled()) connection = { status: 'not-enrolled' };
    return outbox.head().seq > memory.acknowledgedSeq && !memory.needsNewerApp ? 0 : IDLE_MS;
  }

  function goOffline(failure: ProvinceFailure): number {
    if (failure.kind === 'refused' && failure.reason === 'device-revoked') {
      connection = { status: 'revoked', sinceMs: connection.status === 'revoked' ? connection.sinceMs : clock() };
      return REFUSED_MS;
    }
    const { quarantine } = memory;
    const waitMs = failure.kind === 'busy' && failure.retryAfterMs !== undefined ? failure.retryAfterMs : fullJitterMs(failures, ports.random);
    failures += 1;
    const sinceMs = connection.status === 'offline' ? connection.sinceMs : clock();
    const reason = failure.kind === 'busy' ? 'unreachable' : failure.kind;
    // That a person has to act stays said, line or not.
    connection = quarantine === undefined ? { status: 'offline', sinceMs, reason, nextTryAtMs: clock() + waitMs } : { status: 'quarantined', ...quarantine };
    return waitMs;
  }

  return {
    connection: () => connection,
    memory: () => memory,
    absorb: (answers) =>
      new Promise((resolve, reject) => {
        carried.push(() => absorb(answers).then(resolve, reject));
      }),
    offerAgain: () =>
      new Promise((resolve, reject) => {
        carried.push(() => remember(offerAgain(memory)).then(resolve, reject));
      }),
    async cycle() {
      // Never between two steps of a pass: each step builds on what the one before remembered.
      for (let turn = carried.shift(); turn !== undefined; turn = carried.shift()) await turn();
      const failure = await pass();
      if (failure === undefined) failures = 0;
      if (failure?.kind === 'refused' && failure.destroys === true) await ports.destroyKeys();
      else if (failure === undefined && isLeaving && isAllDelivered()) await ports.destroyKeys();
      const waitMs = failure === undefined ? settleConnection() : goOffline(failure);
      publish();
      return waitMs;
    },
  };
}

/** The province does not know the device, or not with this journal. */
const FORGOTTEN: ReadonlySet<string> = new Set(['device-unknown', 'foreign-journal']);

/** Two may be giving out the numbers of one journal. A province that merely forgot the device changes nothing about them. */
const endsNumbers = ({ quarantine }: SyncMemory): boolean => quarantine?.reason === 'forked' || quarantine?.reason === 'set-back';
