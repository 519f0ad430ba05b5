/**
 * One device's way to the province, as one repeatable cycle:
 *
 *   hello ──fail──▶ offline (full-jitter back-off, Retry-After honoured)
 *     │ signed answer
 *     ▼
 *   enrolled? ──no──▶ enrol with the one-time code ──no code──▶ not enrolled
 *     │
 *     ▼
 *   lease numbers when half are used ▶ push the journal's tail ▶ ask what is verified ▶ upload scans ▶ ask again ▶ idle
 *
 * Every step may be cut anywhere: nothing is forgotten until the province has said it holds it, and everything may be said twice.
 */
import type { JournalEntry, JournalHead, NumberLease } from '../journal/operation.ts';
import type { Result } from '../lib/result.ts';
import type { Clock } from '../lib/time.ts';
import { fullJitterMs } from './back-off.ts';
import { acknowledge, confirm, emptyMemory, forgetBehind, type SyncMemory } from './memory.ts';
import type { EnrolAnswer, JournalAnswer, JournalRequest, StatusAnswer } from './protocol.ts';
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
  | { kind: 'refused'; reason: string };

/** The province as the engine sees it; one adapter speaks HTTP, one lives in the simulation. */
export type Province = {
  /** Resolves only on an answer signed by the key learnt at enrolment (any signature before that). */
  hello(): Promise<Result<{ epoch: number }, ProvinceFailure>>;
  enrol(code: string): Promise<Result<EnrolAnswer, ProvinceFailure>>;
  push(request: JournalRequest): Promise<Result<JournalAnswer, ProvinceFailure>>;
  status(dossierIds: string[], scans: string[]): Promise<Result<StatusAnswer, ProvinceFailure>>;
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
  };
  numbers: { isHalfUsed(): boolean; record(lease: NumberLease): Promise<void> };
  onChange(connection: Connection, memory: SyncMemory): void;
};

/** The province's answers that came another way than the line: by a receipt file. */
export type CarriedAnswers = { journal: JournalAnswer; status: StatusAnswer };

export type SyncEngine = {
  /** Takes them in before the next pass, line or not; resolves, once remembered, with how much of them was news. */
  absorb(answers: CarriedAnswers): Promise<{ acknowledged: number; confirmed: number }>;
  connection(): Connection;
  memory(): SyncMemory;
  /** One whole pass. Resolves with the milliseconds to wait before the next one. Never rejects for what a network may do. */
  cycle(): Promise<number>;
};

/** When all is delivered the province is asked again after this long; new work does not wait for it. */
export const IDLE_MS = 15_000;

export async function createSyncEngine(ports: SyncPorts): Promise<SyncEngine> {
  const { province, outbox, enrolment, numbers, scans } = ports;
  let memory = (await ports.memory.load()) ?? emptyMemory;
  let connection: Connection = enrolment.isEnrolled() || enrolment.code() !== undefined ? { status: 'connecting' } : { status: 'not-enrolled' };
  let failures = 0;

  const carried: Array<() => Promise<void>> = [];

  const publish = (): void => ports.onChange(connection, memory);

  async function remember(next: SyncMemory): Promise<void> {
    if (next === memory) return;
    await ports.memory.save(next);
    memory = next;
    publish();
  }

  async function pushTail(): Promise<ProvinceFailure | undefined> {
    while (memory.acknowledgedSeq < outbox.head().seq) {
      const entries = await outbox.read(memory.acknowledgedSeq, PUSH_BATCH);
      const last = entries.at(-1);
      if (last === undefined) {
        // Entries that can no longer be read on this device; the start gate has reported them.
        await remember({ ...memory, acknowledgedSeq: outbox.head().seq });
        return undefined;
      }
      const answer = await province.push({ journalId: outbox.head().journalId, entries });
      if (!answer.ok) return answer.failure;
      const next = acknowledge(memory, entries, answer.value);
      if (next.acknowledgedSeq === memory.acknowledgedSeq) return { kind: 'refused', reason: 'no-progress' };
      await remember(next);
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
      const answer = await province.status(
        page.map(([dossierId]) => dossierId),
        wanted,
      );
      if (!answer.ok) return answer;
      const verified = new Set(answer.value.verifiedScans);
      lacking.push(...wanted.filter((digest) => !verified.has(digest)));
      // A province restored from a backup stands behind us: what it lost is offered again.
      await remember(forgetBehind(confirm(memory, answer.value), answer.value));
    }
    return { ok: true, value: [...new Set(lacking)] };
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
      const next = acknowledge(memory, entries, journal);
      if (next.acknowledgedSeq === memory.acknowledgedSeq) break;
      await remember(next);
    }
    const waiting = Object.keys(memory.unconfirmed).length;
    // Its head may be older than ours, which is no sign that the province forgot: it was written down then and carried since.
    await remember(confirm(memory, status));
    return { acknowledged: memory.acknowledgedSeq - before.acknowledgedSeq, confirmed: waiting - Object.keys(memory.unconfirmed).length };
  }

  async function pass(): Promise<ProvinceFailure | undefined> {
    const hello = await province.hello();
    if (!hello.ok) return hello.failure;
    if (!enrolment.isEnrolled()) {
      const code = enrolment.code();
      if (code === undefined) return undefined;
      const enrolled = await province.enrol(code);
      if (!enrolled.ok) return enrolled.failure;
      await enrolment.record(enrolled.value);
    }
    if (connection.status !== 'online') {
      connection = { status: 'online', sinceMs: ports.clock() };
      publish();
    }
    if (numbers.isHalfUsed()) {
      const leased = await province.leaseNumbers();
      if (leased.ok) await numbers.record(leased.value.lease);
      else if (leased.failure.kind !== 'refused') return leased.failure;
    }
    const pushed = await pushTail();
    if (pushed !== undefined) return pushed;
    const lacking = await askStatus();
    if (!lacking.ok) return lacking.failure;
    if (lacking.value.length === 0) return undefined;
    const sent = await sendScans(lacking.value);
    if (sent !== undefined) return sent;
    const again = await askStatus();
    return again.ok ? undefined : again.failure;
  }

  return {
    connection: () => connection,
    memory: () => memory,
    absorb: (answers) =>
      new Promise((resolve, reject) => {
        carried.push(() => absorb(answers).then(resolve, reject));
      }),
    async cycle() {
      // Never between two steps of a pass: each step builds on what the one before remembered.
      for (let turn = carried.shift(); turn !== undefined; turn = carried.shift()) await turn();
      const failure = await pass();
      if (failure === undefined) {
        failures = 0;
        if (!enrolment.isEnrolled()) connection = { status: 'not-enrolled' };
        publish();
        return outbox.head().seq > memory.acknowledgedSeq ? 0 : IDLE_MS;
      }
      const waitMs = failure.kind === 'busy' && failure.retryAfterMs !== undefined ? failure.retryAfterMs : fullJitterMs(failures, ports.random);
      failures += 1;
      const sinceMs = connection.status === 'offline' ? connection.sinceMs : ports.clock();
      const reason = failure.kind === 'busy' ? 'unreachable' : failure.kind;
      connection = { status: 'offline', sinceMs, reason, nextTryAtMs: ports.clock() + waitMs };
      publish();
      return waitMs;
    },
  };
}
