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
 *   is verified ▶ upload scans (and push what is new beside them) ▶ ask again ▶ idle
 *
 * Every step may be cut anywhere: nothing is forgotten until the province has said it holds it, and everything may be said
 * twice. Every answer carries the province's epoch and the head it holds of this journal; `alignWith` draws the conclusions.
 */
import { dossierOf, type JournalEntry, type JournalHead, type NumberLease } from '../journal/operation.ts';
import type { Result } from '../lib/result.ts';
import type { Clock } from '../lib/time.ts';
import { askedWithJitterMs, fullJitterMs, restLeftMs } from './back-off.ts';
import {
  acknowledge,
  alignWith,
  confirm,
  dueAgain,
  emptyMemory,
  offerAgain,
  quarantined,
  recheckedWith,
  withScanProblems,
  type DossierIn,
  type SyncMemory,
} from './memory.ts';
import { MAX_BATCH, type EnrolAnswer, type JournalAnswer, type JournalRequest, type StatusAnswer, type StatusRequest } from './protocol.ts';
import { createScanQueue } from './scan-queue.ts';
import type { Connection } from './state.ts';

const STATUS_BATCH = 500;
/** How much of a batch goes first: a thin line carries it within any time limit. */
const FIRST_SHARE = 0.4;
/** Batches that follow the one whose answer is waited for. */
const MAX_AHEAD = 2;
/** A line that answers within this time carries more. */
const QUICK_MS = 1_500;
const QUICK_GROWTH = 2;
/** While scans are sent the province is asked this often what of them is confirmed. */
const ASK_EVERY_MS = 1_000;
/** So many scans one after the other that did not get across are not about the scans. */
const MAX_STRIKES = 3;

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
  /** Whether scans may be sent at this hour. An upload that ends because they may not is no failure. */
  isOpen(): boolean;
  upload(sha256: string): Promise<Result<null, ProvinceFailure>>;
};

export type Outbox = {
  head(): JournalHead;
  read(afterSeq: number, limit: number): Promise<JournalEntry[]>;
  /** Unless given, the operation of each entry is looked at. */
  dossierIn?: DossierIn;
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
  /** `answered`: dossiers of entries the province has just given its answer to. */
  onChange(connection: Connection, memory: SyncMemory, answered: readonly string[]): void;
  /** Entries in one request, unless the line carries less; the byte limit of the province (32 MB) is far above as many as it takes. */
  batch?: number;
};

/** The province's answers that came another way than the line: by a receipt file. */
export type CarriedAnswers = { journal: JournalAnswer; status: StatusAnswer };

export type SyncEngine = {
  /** Takes them in before the next pass, line or not; resolves, once remembered, with how much of them was news. */
  absorb(answers: CarriedAnswers): Promise<{ acknowledged: number; confirmed: number }>;
  /** Everything parked is offered again in the next pass. */
  offerAgain(): Promise<void>;
  /** A person does not want to wait: the next pass asks neither when the province wanted to hear from us nor what rests after a failure. */
  hurry(): void;
  /** There is new work: it goes beside the scans that a pass may be sending for a long time. */
  notice(): void;
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
  const { province, outbox, enrolment, numbers, scans, clock, batch = MAX_BATCH } = ports;
  const { dossierIn = dossierOf } = outbox;
  let memory = (await ports.memory.load()) ?? emptyMemory;
  let connection: Connection = enrolment.isEnrolled() || enrolment.code() !== undefined ? { status: 'connecting' } : { status: 'not-enrolled' };
  let failures = 0;
  /** While the province does not want to hear from us. */
  let patience = { sinceMs: 0, forMs: 0 };
  /** How much of a batch goes in one request: a line that carries no whole one may carry a part of it. */
  let share = FIRST_SHARE;
  /** Quickly up, or at once as far as the time of the last answer lets hope, until the line has once said no. */
  let growth = QUICK_GROWTH;
  const queue = createScanQueue(clock, ports.random);
  let tellOfWork: () => void = () => undefined;
  /** Ordered to destroy its keys once the province has everything. */
  let isLeaving = false;

  const carried: Array<() => Promise<void>> = [];

  const publish = (answered: readonly string[] = []): void => ports.onChange(connection, memory, answered);

  async function remember(next: SyncMemory, answered?: readonly string[]): Promise<void> {
    if (next === memory) return;
    // Before the memory of it: a device that forgets the quarantine finds it again, one that goes on giving out numbers does harm.
    if (endsNumbers(next) && !endsNumbers(memory)) await enrolment.forsakeNumbers();
    await ports.memory.save(next);
    memory = next;
    publish(answered);
  }

  const partOf = (whole: number): number => Math.max(1, Math.floor(whole * share));

  /** A request that did not get across was too much for the line, perhaps. False: there is no smaller one. */
  function learn(failure: ProvinceFailure | undefined, tookMs?: number): boolean {
    const before = share;
    const hope = tookMs === undefined || growth < QUICK_GROWTH ? growth : Math.max(growth, QUICK_MS / Math.max(1, tookMs));
    if (failure === undefined) share = (tookMs ?? 0) < QUICK_MS ? Math.min(1, share * hope) : share;
    else if (failure.kind === 'unreachable' || failure.kind === 'not-the-province' || isTooLarge(failure)) {
      share = Math.max(1 / batch, share / 4);
      growth = 1.2;
    }
    return share < before;
  }

  const takeIn = (from: SyncMemory, answer: JournalAnswer | StatusAnswer): SyncMemory => alignWith(from, answer, outbox.head().seq, clock());

  const dossiersOf = (entries: readonly JournalEntry[]): string[] => entries.flatMap((entry) => dossierIn(entry)?.dossierId ?? []);

  type Sent = { entries: JournalEntry[]; first: JournalEntry; last: JournalEntry; sentAtMs: number; answer: ReturnType<Province['push']> };

  /** Undefined when nothing behind `seq` can be read. */
  async function sendAfter(seq: number): Promise<Sent | undefined> {
    const entries = await outbox.read(seq, partOf(batch));
    const [first, last] = [entries[0], entries.at(-1)];
    if (first === undefined || last === undefined) return undefined;
    const sentAtMs = clock();
    const answer = province.push({ journalId: outbox.head().journalId, entries, receipt: memory.receipt });
    // Nobody may be listening any more when it fails.
    answer.catch(() => undefined);
    return { entries, first, last, sentAtMs, answer };
  }

  /** Where whole batches get across, the next one is on its way while the province works on one, and one more is made ready. */
  async function pushTail(): Promise<ProvinceFailure | undefined> {
    const ahead: Sent[] = [];
    let isSmooth = false;
    while (memory.acknowledgedSeq < outbox.head().seq) {
      const isAhead = ahead.length > 0;
      const sent = ahead.shift() ?? (await sendAfter(memory.acknowledgedSeq));
      if (sent === undefined) {
        // Entries that can no longer be read on this device; the start gate has reported them.
        await remember(quarantined(memory, 'gap', clock()));
        return undefined;
      }
      const { entries, first, last } = sent;
      while (isSmooth && share === 1 && ahead.length < MAX_AHEAD) {
        const next = await sendAfter((ahead.at(-1) ?? sent).last.seq);
        if (next === undefined) break;
        ahead.push(next);
      }
      const before = memory.acknowledgedSeq;
      const answer = await sent.answer;
      const overtook = isAhead && answer.ok && answer.value.results.length === 0 && answer.value.head.seq < before;
      // It came before the one before it: nothing of it was taken, and it is sent again.
      if (!overtook && answer.ok) await remember(takeIn(acknowledge(memory, entries, answer.value, clock(), dossierIn), answer.value), dossiersOf(entries));
      isSmooth = answer.ok && memory.acknowledgedSeq === last.seq && memory.quarantine === undefined;
      // What followed on it comes to nothing, and must not be met by what is sent now.
      if (!isSmooth) for (const { answer: late } of ahead.splice(0)) await late;
      if (overtook) continue;
      if (!answer.ok) {
        if (learn(answer.failure) && isTooLarge(answer.failure)) continue;
        return answer.failure;
      }
      const tookMs = clock() - sent.sentAtMs;
      learn(undefined, tookMs);
      isSmooth &&= tookMs < QUICK_MS;
      if (memory.quarantine !== undefined || memory.needsNewerApp) return undefined;
      if (memory.acknowledgedSeq !== before) continue;
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
      await remember(takeIn(acknowledge(memory, [entry], answer.value, clock(), dossierIn), answer.value), dossiersOf([entry]));
      if (memory.quarantine !== undefined) return undefined;
    }
    return undefined;
  }

  /** The province was set back: page by page, what it once confirmed is asked about again, and what it has lost is offered again. */
  async function recheck(): Promise<ProvinceFailure | undefined> {
    while (memory.recheck !== undefined) {
      const { after, through } = memory.recheck;
      const page = (await outbox.read(after, STATUS_BATCH)).filter(({ seq }) => seq <= through);
      const dossierIds = dossiersOf(page);
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

  /** Asks about these dossiers, or every one not yet confirmed; returns the scans the province still lacks. */
  async function askStatus(open = Object.entries(memory.unconfirmed)): Promise<Result<string[], ProvinceFailure>> {
    const lacking: string[] = [];
    let from = 0;
    do {
      const page = open.slice(from, from + partOf(STATUS_BATCH));
      const wanted = [...new Set(page.flatMap(([, digests]) => digests))];
      const answer = await province.status({ dossierIds: page.map(([dossierId]) => dossierId), scans: wanted, receipt: memory.receipt });
      learn(answer.ok ? undefined : answer.failure);
      if (!answer.ok) return answer;
      isLeaving = answer.value.destroy !== undefined;
      const verified = new Set(answer.value.verifiedScans);
      lacking.push(...wanted.filter((digest) => !verified.has(digest)));
      await remember(await doubtHead(takeIn(confirm(memory, answer.value), answer.value), answer.value));
      from += page.length;
    } while (from < open.length);
    return { ok: true, value: [...new Set(lacking)] };
  }

  /** Another hash at the same place: that entry is offered again, and the province says whether the journal has forked. */
  async function doubtHead(next: SyncMemory, { head }: StatusAnswer): Promise<SyncMemory> {
    if (head.seq === 0 || head.seq > outbox.head().seq) return next;
    const own = head.seq === outbox.head().seq ? outbox.head() : (await outbox.read(head.seq - 1, 1))[0];
    const isSame = own?.seq !== head.seq || own.hash === head.hash;
    return isSame ? next : { ...next, acknowledgedSeq: Math.min(next.acknowledgedSeq, head.seq - 1) };
  }

  const hasNews = (): boolean => carried.length > 0 || (outbox.head().seq > memory.acknowledgedSeq && !memory.needsNewerApp);

  /** Sends what the province lacks. Meanwhile new entries go at once, and the scans of new dossiers in their place among the others. */
  async function sendScans(lacking: string[]): Promise<ProvinceFailure | undefined> {
    const offered = new Set<string>();
    const arrived = new Set<string>();
    const missing = new Set<string>();
    const underWay = new Set<Promise<void>>();
    let failure: ProvinceFailure | undefined;
    let broken: { error: unknown } | undefined;
    let strikes = 0;
    let askedAtMs = clock();

    async function offer(digests: string[]): Promise<void> {
      const fresh = digests.filter((sha256) => !offered.has(sha256));
      for (const sha256 of fresh) offered.add(sha256);
      const sized = await Promise.all(fresh.map(async (sha256) => ({ sha256, bytes: await scans.sizeOf(sha256) })));
      for (const { sha256, bytes } of sized) if (bytes === undefined) missing.add(sha256);
      queue.offer(sized.flatMap(({ sha256, bytes }) => (bytes === undefined ? [] : [{ sha256, bytes }])));
    }

    async function send(sha256: string): Promise<void> {
      const sent = await scans.upload(sha256).catch((error: unknown) => {
        // Our own disk: this pass ends, and the next one begins with the others.
        queue.failed(sha256);
        throw error;
      });
      if (sent.ok) {
        arrived.add(sha256);
        strikes = 0;
        return queue.arrived(sha256);
      }
      if (sent.failure.kind === 'refused' && isOfScan(sent.failure.reason)) return queue.refused(sha256, sent.failure.reason);
      queue.failed(sha256);
      if (sent.failure.kind === 'refused') return void (failure ??= sent.failure);
      if (!scans.isOpen()) return;
      strikes += 1;
      const asksForPatience = sent.failure.kind === 'busy' && sent.failure.retryAfterMs !== undefined;
      const found = asksForPatience ? sent.failure : await failureNow();
      failure ??= found;
    }

    async function tellNews(): Promise<void> {
      await takeTurns();
      for (const step of [pushTail, offerParked]) {
        const failed = await step();
        failure ??= failed;
        if (failure !== undefined || memory.quarantine !== undefined) return;
      }
      await offer(Object.values(memory.unconfirmed).flat());
    }

    /** Dossiers of which nothing is still to be sent. */
    const whole = (): Array<[string, string[]]> => Object.entries(memory.unconfirmed).filter(([, digests]) => digests.every((sha256) => arrived.has(sha256)));

    const isStill = (): boolean => failure === undefined && memory.quarantine === undefined;
    const takeNext = (): string | undefined => (isStill() && strikes < MAX_STRIKES && scans.isOpen() ? queue.take() : undefined);

    await offer(lacking);
    for (;;) {
      // Before anything is looked at, so that no work is overlooked.
      const work = new Promise<void>((resolve) => (tellOfWork = resolve));
      const isNews = isStill() && hasNews();
      if (isNews) await tellNews();
      for (let next = takeNext(); next !== undefined; next = takeNext()) {
        const sending: Promise<void> = send(next)
          .catch((error: unknown) => void (broken ??= { error }))
          .finally(() => {
            underWay.delete(sending);
            tellOfWork();
          });
        underWay.add(sending);
      }
      await remember(withScanProblems(memory, { ...queue.refusals(), ...Object.fromEntries([...missing].map((sha256) => [sha256, 'scan-missing'])) }));
      if (underWay.size === 0 || broken !== undefined) break;
      if (isStill() && (isNews || underWay.size === 1 || clock() - askedAtMs >= ASK_EVERY_MS) && whole().length > 0) {
        askedAtMs = clock();
        const asked = await askStatus(whole());
        if (!asked.ok) failure ??= asked.failure;
      }
      // Also a scan that was through before this wait began has told of work.
      if (underWay.size > 0) await work;
    }
    if (broken !== undefined) throw broken.error;
    queue.clear();
    return failure;
  }

  /** Whether it is the line, or only what has just been tried: a signed answer says which. */
  async function failureNow(): Promise<ProvinceFailure | undefined> {
    const hello = await province.hello();
    return hello.ok ? undefined : hello.failure;
  }

  async function takeTurns(): Promise<void> {
    for (let turn = carried.shift(); turn !== undefined; turn = carried.shift()) await turn();
  }

  async function absorb({ journal, status }: CarriedAnswers): Promise<{ acknowledged: number; confirmed: number }> {
    const before = memory;
    for (;;) {
      const entries = await outbox.read(memory.acknowledgedSeq, batch);
      const next = acknowledge(memory, entries, journal, clock(), dossierIn);
      if (next.acknowledgedSeq === memory.acknowledgedSeq) break;
      await remember(next, dossiersOf(entries));
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
    if (lacking.value.length === 0) await remember(withScanProblems(memory, {}));
    if (lacking.value.length === 0 || memory.quarantine !== undefined) return undefined;
    const sent = await sendScans(lacking.value);
    if (sent !== undefined || memory.quarantine !== undefined) return sent;
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
    const askedMs = failure.kind === 'busy' ? failure.retryAfterMs : undefined;
    const waitMs = askedMs === undefined ? fullJitterMs(failures, ports.random) : askedWithJitterMs(askedMs, ports.random);
    if (askedMs !== undefined) patience = { sinceMs: clock(), forMs: waitMs };
    failures += 1;
    const sinceMs = connection.status === 'offline' ? connection.sinceMs : clock();
    const reason = failure.kind;
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
    hurry() {
      patience.forMs = 0;
      queue.hurry();
    },
    notice: () => tellOfWork(),
    async cycle() {
      // Never between two steps of a pass: each step builds on what the one before remembered.
      await takeTurns();
      // New work, too, keeps to what the province has asked for.
      const restMs = restLeftMs(patience, clock());
      if (restMs > 0) return restMs;
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

/** A refusal of this scan, and not of the device that sends it. */
const isOfScan = (refusal: string): boolean => !refusal.startsWith('device-') && refusal !== 'not-enrolled';

const isTooLarge = (failure: ProvinceFailure): boolean => failure.kind === 'refused' && failure.reason === 'too-large';

/** The province does not know the device, or not with this journal. */
const FORGOTTEN: ReadonlySet<string> = new Set(['device-unknown', 'foreign-journal']);

/** Two may be giving out the numbers of one journal. A province that merely forgot the device changes nothing about them. */
const endsNumbers = ({ quarantine }: SyncMemory): boolean => quarantine?.reason === 'forked' || quarantine?.reason === 'set-back';
