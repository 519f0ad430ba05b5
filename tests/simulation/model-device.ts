/** A counter: the real sync engine and the real rules of numbers, on a disk that can be cut, copied and set back, behind a line that can do anything. */
import { takeNumber, wantsLease } from '../../shared/dossiers/code.ts';
import { GENESIS_HASH } from '../../shared/journal/chain.ts';
import { emptyCounterState, reduceCounter, type CounterState } from '../../shared/journal/counter-state.ts';
import { dossierOf, type JournalEntry, type NumberLease, type Operation } from '../../shared/journal/operation.ts';
import { ok, type Result } from '../../shared/lib/result.ts';
import { dateAt } from '../../shared/lib/time.ts';
import { createSyncEngine, type ProvinceFailure, type SyncEngine } from '../../shared/sync/engine.ts';
import { emptyMemory, refusalOf, standingOf, surelyHeldSeq, type SyncMemory } from '../../shared/sync/memory.ts';
import type { EnrolAnswer, JournalAnswer, StatusAnswer } from '../../shared/sync/protocol.ts';
import { AGENCY, type ModelProvince, POISON, type Refusal, UNHEARD_OF } from './model-province.ts';
import { Broken, type World } from './world.ts';

/** What a mutated device does wrong; the simulation has to notice each. */
export type DeviceBug =
  | 'forgets-unconfirmed'
  | 'never-rewinds'
  | 'forgets-used-numbers'
  | 'uses-ended-leases'
  | 'drops-rejected'
  | 'numbers-in-quarantine'
  | 'carries-nothing'
  | 'purges-at-once'
  | 'acknowledges-unanswered'
  | 'recodes-with-the-same-code';

export type Faults = {
  /** Of a request: never arrives; its answer is lost; it arrives twice, the second time late. */
  cut: number;
  lostAnswer: number;
  twice: number;
  damaged: number;
  poison: number;
  unheardOf: number;
};

const PATTERN = '{agency}-{yymmdd}-{order4}';
const ENTRY_ON_ITS_WAY_MS = 5;
const TIMEOUT_MS = 20_000;
/** What the province confirmed this long ago is in its backups too. */
export const BACKUP_WINDOW_MS = 120_000;
const ENTRY_TYPES_OF_IDENTITY = new Set<Operation['type']>(['device.enrolled', 'numbers.leased', 'device.quarantined', 'keys.rotated', 'catalogue.installed']);

/** What survives a power cut, and what a copy of the disk copies. */
export type Disk = {
  journalId: string;
  /** Those who give out the same numbers: a journal and its copies, until each learns of it. */
  family: string;
  entries: JournalEntry[];
  /** Entries dropped from the front. */
  dropped: number;
  state: CounterState;
  deviceId: string | undefined;
  memory: SyncMemory | undefined;
  /** A journal begun in place of this one, until its enrolment is known. */
  next: { journalId: string; code: string } | undefined;
  confirmedAtMs: Map<string, number>;
  /** When all up to a seq was known to be acknowledged, oldest first. */
  marks: Array<{ seq: number; atMs: number }>;
};

export type Ledger = {
  /** Saved for good, by whoever: must be somewhere as long as no disaster took it. */
  saved: Map<string, { /** On its papers, the newest last. */ codes: string[]; poison: boolean }>;
  /** Code → the first dossier it was printed for, and by which family. */
  printed: Map<string, { dossierId: string; family: string }>;
  /** Families of whose numbers more than one copy gives out, and none of the copies can know it yet. */
  doubled: Set<string>;
  /** Dossiers whose paper has a code another has: possible only within a doubled family. */
  twins: Set<string>;
};

export class ModelDevice {
  isOn = false;
  clockOffsetMs = 0;
  appVersion = 1;
  isCut = false;
  code: string | undefined;
  codesAskedFor = 0;
  private engine: SyncEngine | undefined;
  /** Counts the lives of the process: what an earlier one waited for never comes. */
  private life = 0;
  private isCycling = false;
  private isWoken = false;
  private wakeups = 0;
  /** The end of the last whole pass: until then nothing shows that the province still holds what it once confirmed. */
  private agreedAtMs = 0;

  constructor(
    readonly name: string,
    public disk: Disk,
    private readonly world: World,
    private readonly province: ModelProvince,
    private readonly ledger: Ledger,
    private readonly faults: Faults,
    private readonly bug: DeviceBug | undefined,
    private readonly onLossRisk: () => void,
  ) {}

  static blank(world: World): Disk {
    return {
      journalId: world.newId('journal'),
      family: world.newId('family'),
      entries: [],
      dropped: 0,
      state: emptyCounterState,
      deviceId: undefined,
      memory: undefined,
      next: undefined,
      confirmedAtMs: new Map(),
      marks: [],
    };
  }

  static copyOf(disk: Disk): Disk {
    return { ...disk, entries: [...disk.entries], confirmedAtMs: new Map(disk.confirmedAtMs), marks: [...disk.marks] };
  }

  get quarantine() {
    return this.engine?.memory().quarantine;
  }

  memory(): SyncMemory {
    return this.engine?.memory() ?? this.disk.memory ?? emptyMemory;
  }

  head(): { journalId: string; seq: number; hash: string } {
    const { journalId, entries, dropped } = this.disk;
    return { journalId, seq: dropped + entries.length, hash: entries.at(-1)?.hash ?? GENESIS_HASH };
  }

  clock = (): number => this.world.clockMs + this.clockOffsetMs;

  /** Only for this life of the process. */
  private later<T>(delayMs: number, work: () => T): Promise<T> {
    const { life } = this;
    return new Promise((resolve) => {
      this.world.after(delayMs, () => {
        if (this.life === life && this.isOn) resolve(work());
      });
    });
  }

  turnOn(memory: 'kept' | 'lost' | SyncMemory = 'kept'): void {
    if (this.isOn) return;
    this.life += 1;
    this.agreedAtMs = 0;
    this.isOn = true;
    if (memory === 'lost') this.disk.memory = undefined;
    else if (memory !== 'kept') this.disk.memory = memory;
    if (this.bug === 'forgets-unconfirmed' && this.disk.memory !== undefined) this.disk.memory = { ...this.disk.memory, unconfirmed: {} };
    if (this.bug === 'forgets-used-numbers') this.disk.state = { ...this.disk.state, usedByDate: {} };
    const { life } = this;
    void this.buildEngine().then((engine) => {
      if (this.life !== life) return;
      this.engine = engine;
      this.wake();
    });
  }

  turnOff(): void {
    this.isOn = false;
    this.life += 1;
    this.engine = undefined;
    this.isCycling = false;
    this.isWoken = false;
  }

  wake(): void {
    if (this.engine === undefined || !this.isOn) return;
    if (this.isCycling) {
      this.isWoken = true;
      this.engine.notice();
      return;
    }
    this.isCycling = true;
    this.isWoken = false;
    const { life } = this;
    this.engine.cycle().then(
      (waitMs) => {
        if (this.life !== life) return;
        this.isCycling = false;
        if (this.engine?.connection().status === 'online') this.agreedAtMs = this.world.nowMs;
        const wakeup = ++this.wakeups;
        this.world.after(this.isWoken ? 0 : Math.max(waitMs, 1), () => {
          if (this.life === life && wakeup === this.wakeups) this.wake();
        });
      },
      (error: unknown) => {
        this.failure = error;
      },
    );
  }

  /** What the engine threw: found by the simulation after the step. */
  failure: unknown;

  /** The officer presses "Gửi lại". */
  offerAgain(): void {
    void this.engine?.offerAgain();
    this.wake();
  }

  append(operation: Operation, operatorId: string, operationId = this.world.newId('op')): JournalEntry {
    const head = this.head();
    const entry: JournalEntry = {
      seq: head.seq + 1,
      operationId,
      atMs: this.clock(),
      monotonicMs: this.world.nowMs,
      operatorId,
      previousHash: head.hash,
      hash: this.world.newId('hash'),
      operation,
    };
    this.disk.entries.push(entry);
    this.disk.state = reduceCounter(this.disk.state, entry);
    return entry;
  }

  /** F9: on disk, then "Đã lưu", then the paper. */
  takeIn(scans: number): void {
    const { disk, world, ledger } = this;
    if (!this.isOn || disk.state.enrolment === null) return;
    const date = dateAt(this.clock());
    const forNumbers =
      this.bug === 'uses-ended-leases' ? { ...disk.state, leases: disk.state.leases.map((lease) => ({ ...lease, validTo: '2099-12-31' })) } : disk.state;
    const { code, leaseId, order } = takeNumber(forNumbers, { pattern: PATTERN, agencyCode: AGENCY, date });
    const dossierId = world.newId('dossier');
    const pages = Array.from({ length: scans }, () => ({ sha256: world.newId('scan') }));
    const operatorId = world.chance.happens(this.faults.poison) ? POISON : world.chance.happens(this.faults.unheardOf) ? UNHEARD_OF : 'lan';
    const dossier = { dossierId, code, acceptedAtMs: this.clock(), papers: [{ pages }] };
    this.append({ type: 'dossier.accepted', dossier, number: { leaseId, order } } as unknown as Operation, operatorId);
    ledger.saved.set(dossierId, { codes: [code], poison: operatorId === POISON });
    this.print(dossierId, code);
    this.wake();
  }

  /** The paper the citizen takes home. */
  private print(dossierId: string, code: string): void {
    const { ledger, world } = this;
    const other = ledger.printed.get(code);
    world.note(() => `${this.name}: saved ${dossierId} as ${code} at ${this.head().seq}${other === undefined ? '' : `, the code of ${other.dossierId}`}`);
    if (other === undefined) ledger.printed.set(code, { dossierId, family: this.disk.family });
    else {
      ledger.twins.add(dossierId).add(other.dossierId);
      if (other.family !== this.disk.family || !ledger.doubled.has(this.disk.family)) {
        throw new Broken(`${this.name} printed ${code} for ${dossierId}, which ${other.dossierId} has`);
      }
    }
  }

  /** What is refused is mended: poison is typed anew, a code that is taken replaced. */
  mend(): void {
    const { disk, ledger, world } = this;
    const memory = this.memory();
    if (!this.isOn || disk.state.enrolment === null) return;
    for (const { dossierId, reason } of memory.rejected) {
      const said = disk.entries.findLast((entry) => dossierId !== undefined && dossierOf(entry)?.dossierId === dossierId);
      const dossier = said === undefined ? undefined : dossierOf(said);
      if (said === undefined || dossier === undefined || refusalOf(memory, { dossierId: dossier.dossierId, seq: said.seq }) === undefined) continue;
      if (reason !== 'invalid' && reason !== 'code-taken') continue;
      const type = 'dossier.corrected' as const;
      const correctedAtMs = this.clock();
      const saved = ledger.saved.get(dossier.dossierId);
      if (reason === 'invalid' || this.bug === 'recodes-with-the-same-code') {
        this.append({ type, dossier, correctedAtMs }, 'lan');
        world.note(() => `${this.name}: mended ${dossierId} at ${this.head().seq}`);
      } else {
        const { code, ...number } = takeNumber(disk.state, { pattern: PATTERN, agencyCode: AGENCY, date: dateAt(correctedAtMs) });
        this.append({ type, dossier: { ...dossier, code }, correctedAtMs, number }, 'lan');
        saved?.codes.push(code);
        this.print(dossier.dossierId, code);
      }
      if (saved !== undefined) saved.poison = false;
    }
    this.wake();
  }

  ticket(): void {
    if (!this.isOn || this.disk.state.enrolment === null) return;
    const { tickets } = this.disk.state.queue;
    const last = tickets.at(-1);
    const ref = last === undefined ? undefined : { ticketId: last.ticketId, number: last.number, counter: '1', atMs: this.clock() };
    if (ref !== undefined && last?.state === 'waiting') this.append({ type: 'ticket.called', ...ref }, 'lan');
    else if (ref !== undefined && last?.state === 'called') this.append({ type: 'ticket.finished', ...ref }, 'lan');
    else {
      const ticket = { ticketId: this.world.newId('ticket'), number: `A${tickets.length + 1}`, date: dateAt(this.clock()) };
      this.append({ type: 'ticket.issued', ticket } as unknown as Operation, 'lan');
    }
    this.wake();
  }

  /** What the province has confirmed long enough ago leaves the front of the journal. */
  purge(): void {
    const { disk } = this;
    const memory = this.memory();
    if (memory.quarantine !== undefined) return;
    let count = 0;
    const limitMs = this.bug === 'purges-at-once' ? 0 : BACKUP_WINDOW_MS;
    const longAgo = disk.marks.filter(({ atMs }) => this.agreedAtMs - atMs >= limitMs).at(-1)?.seq ?? 0;
    for (const entry of disk.entries) {
      if (disk.entries.length - count <= 1 || entry.seq > longAgo) break;
      const dossier = dossierOf(entry);
      if (dossier !== undefined) {
        if (standingOf(memory, { dossierId: dossier.dossierId, seq: entry.seq }) !== 'confirmed') break;
        const sinceMs = disk.confirmedAtMs.get(dossier.dossierId);
        if (sinceMs === undefined || this.agreedAtMs - sinceMs < limitMs) break;
      }
      count += 1;
    }
    if (count === 0) return;
    disk.entries.splice(0, count);
    disk.dropped += count;
    this.world.note(() => `${this.name}: dropped through ${disk.dropped}`);
    this.onLossRisk();
  }

  private noteConfirmed(memory: SyncMemory): void {
    const { confirmedAtMs, entries, marks } = this.disk;
    const held = surelyHeldSeq(memory);
    while ((marks.at(-1)?.seq ?? 0) > held) marks.pop();
    if ((marks.at(-1)?.seq ?? 0) < held) marks.push({ seq: held, atMs: this.world.nowMs });
    const holds = memory.epoch === this.province.state.epoch && !this.province.isForgetful && memory.quarantine === undefined;
    for (const entry of entries) {
      const dossier = dossierOf(entry);
      if (dossier === undefined) continue;
      const { dossierId } = dossier;
      if (standingOf(memory, { dossierId, seq: entry.seq }) !== 'confirmed') {
        confirmedAtMs.delete(dossierId);
        continue;
      }
      if (holds && !this.province.holdsWhole(dossierId))
        throw new Broken(`${this.name} believes ${dossierId} confirmed, and the province does not hold it whole`);
      if (!confirmedAtMs.has(dossierId)) confirmedAtMs.set(dossierId, this.world.nowMs);
    }
  }

  private read(entries: readonly JournalEntry[], dropped: number, afterSeq: number, limit: number): JournalEntry[] {
    const from = Math.max(0, afterSeq - dropped);
    return entries.slice(from, from + limit);
  }

  /** A request and its answer, and everything that may happen to either. */
  private call<T extends object>(what: string, serve: () => T | Refusal | undefined): Promise<Result<T, ProvinceFailure>> {
    const { chance } = this.world;
    const { life } = this;
    const unreachable: Result<T, ProvinceFailure> = { ok: false, failure: { kind: 'unreachable' } };
    return new Promise((resolve) => {
      const answer = (value: Result<T, ProvinceFailure>): void => {
        if (this.life === life && this.isOn) resolve(value);
      };
      const thereMs = chance.between(5, 400);
      if (this.isCut || !this.province.isUp || chance.happens(this.faults.cut)) {
        this.world.note(() => `${this.name}: ${what} cut`);
        this.world.after(chance.between(1, TIMEOUT_MS), () => answer(unreachable));
        return;
      }
      const isLost = chance.happens(this.faults.lostAnswer);
      const isTwice = chance.happens(this.faults.twice);
      const run = (): T | Refusal | undefined => {
        try {
          return serve();
        } catch (error) {
          this.failure ??= error;
          return undefined;
        }
      };
      this.world.after(thereMs, () => {
        if (!this.province.isUp) {
          this.world.after(TIMEOUT_MS, () => answer(unreachable));
          return;
        }
        const value = run();
        this.world.note(() => `${this.name}: ${what}${isLost ? ', answer lost' : ''} ${summary(value)}`);
        const result: Result<T, ProvinceFailure> =
          value === undefined ? ok({} as T) : 'refused' in value ? { ok: false, failure: { kind: 'refused', reason: value.refused } } : ok(value);
        this.world.after(isLost ? TIMEOUT_MS : chance.between(5, 400), () => answer(isLost ? unreachable : result));
      });
      if (isTwice) this.world.after(thereMs + chance.between(1, 40_000), () => void (this.province.isUp && run()));
    });
  }

  private async recordEnrolment({ deviceId, instance, officeId, lease }: EnrolAnswer): Promise<void> {
    await this.later(ENTRY_ON_ITS_WAY_MS, () => (this.disk.deviceId = deviceId));
    await this.later(ENTRY_ON_ITS_WAY_MS, () => this.append({ type: 'device.enrolled', deviceId, instance, officeId }, 'system'));
    await this.later(ENTRY_ON_ITS_WAY_MS, () => this.append({ type: 'numbers.leased', lease }, 'system'));
  }

  /** The quarantined journal goes beside; the new one begins with its enrolment. */
  private succeed({ deviceId, instance, officeId, lease }: EnrolAnswer, journalId: string): void {
    const { disk, world } = this;
    this.disk = { ...ModelDevice.blank(world), journalId, deviceId };
    this.append({ type: 'device.enrolled', deviceId, instance, officeId }, 'system');
    this.append({ type: 'numbers.leased', lease }, 'system');
    for (const { operation, operatorId, operationId } of this.bug === 'carries-nothing' ? [] : disk.entries) {
      if (!ENTRY_TYPES_OF_IDENTITY.has(operation.type)) this.append(operation, operatorId, operationId);
    }
    world.note(() => `${this.name}: goes on as ${deviceId} with journal ${journalId}`);
    this.onLossRisk();
  }

  private buildEngine(): Promise<SyncEngine> {
    const { world, province, disk, faults } = this;
    const deviceId = (): string => disk.deviceId ?? '';
    const asSent = (entry: JournalEntry): JournalEntry =>
      entry.operation.type === 'dossier.accepted' && world.chance.happens(faults.damaged) ? ({ ...entry, damaged: true } as JournalEntry) : entry;
    return createSyncEngine({
      province: {
        hello: () => this.call('hello', () => ({ epoch: province.state.epoch })),
        enrol: (code) => this.call('enrol', () => province.enrol(code, disk.journalId)),
        push: ({ journalId, entries, receipt }) =>
          this.call(`push ${entries[0]?.seq}..${entries.at(-1)?.seq}`, () =>
            this.asHeard(province.push(deviceId(), journalId, (entries as JournalEntry[]).map(asSent), receipt, this.appVersion), entries as JournalEntry[]),
          ),
        status: ({ dossierIds, scans, receipt }) =>
          this.call(`status of ${dossierIds.length}`, () => this.asHeard(province.status(deviceId(), dossierIds, scans, receipt), [])),
        leaseNumbers: () =>
          this.call<{ lease: NumberLease }>('numbers', () => {
            if (!province.state.devices.has(deviceId())) return { refused: 'device-unknown' };
            const lease = province.lease(deviceId());
            return lease === undefined ? { refused: 'numbers-exhausted' } : { lease };
          }),
      },
      scans: {
        sizeOf: () => Promise.resolve(1),
        isOpen: () => true,
        upload: (sha256) => this.call(`scan ${sha256}`, () => province.upload(deviceId(), sha256)) as Promise<Result<null, ProvinceFailure>>,
      },
      // So few that most tails take several requests.
      batch: 3,
      outbox: {
        head: () => this.head(),
        read: (afterSeq, limit) => Promise.resolve(this.read(disk.entries, disk.dropped, afterSeq, limit)),
      },
      clock: this.clock,
      random: () => world.chance.next(),
      memory: {
        load: () => Promise.resolve(disk.memory),
        save: (memory) =>
          this.later(ENTRY_ON_ITS_WAY_MS, () => {
            disk.memory = this.bug === 'drops-rejected' ? { ...memory, rejected: [] } : memory;
            try {
              this.noteConfirmed(memory);
            } catch (error) {
              this.failure ??= error;
            }
          }),
      },
      enrolment: {
        isEnrolled: () => disk.deviceId !== undefined && disk.state.enrolment !== null,
        code: () => this.code,
        record: (answer) => this.recordEnrolment(answer),
        renew: async (code) => {
          if (disk.next?.code !== code) disk.next = { journalId: world.newId('journal'), code };
          const { journalId } = disk.next;
          const answer = await this.call('renew', () => province.enrol(code, journalId));
          if (!answer.ok) {
            if (answer.failure.kind === 'refused') this.code = undefined;
            return answer;
          }
          await this.later(ENTRY_ON_ITS_WAY_MS, () => this.succeed(answer.value, journalId));
          this.turnOff();
          world.after(1_000, () => this.turnOn());
          return ok(null);
        },
        forsakeNumbers: async () => {
          await this.later(ENTRY_ON_ITS_WAY_MS, () => {
            if (this.bug !== 'numbers-in-quarantine') this.append({ type: 'device.quarantined', reason: 'forked', series: world.newId('X') }, 'system');
            disk.family = world.newId('family');
          });
        },
      },
      destroyKeys: () => Promise.reject(new Error('nobody ordered that')),
      numbers: {
        isHalfUsed: () => wantsLease(disk.state, dateAt(this.clock()), dateAt(world.clockMs)),
        record: async (lease) => {
          await this.later(ENTRY_ON_ITS_WAY_MS, () => this.append({ type: 'numbers.leased', lease }, 'system'));
        },
      },
      onChange: () => undefined,
    });
  }

  private asHeard<A extends JournalAnswer | StatusAnswer>(answer: A | Refusal, entries: readonly JournalEntry[]): A | Refusal {
    if ('refused' in answer) return answer;
    if (this.bug === 'never-rewinds') {
      const known = this.memory();
      return {
        ...answer,
        epoch: known.epoch === 0 ? answer.epoch : known.epoch,
        head: answer.head.seq < known.acknowledgedSeq ? { ...answer.head, seq: known.acknowledgedSeq } : answer.head,
      };
    }
    if (this.bug === 'acknowledges-unanswered') {
      const own = this.head();
      if (!('results' in answer)) return { ...answer, head: { seq: own.seq, hash: own.hash } };
      const answered = new Set(answer.results.map(({ operationId }) => operationId));
      const missing = entries
        .filter(({ operationId }) => !answered.has(operationId))
        .map(({ operationId, seq }) => ({ operationId, seq, status: 'applied' as const }));
      return { ...answer, results: [...answer.results, ...missing], head: { seq: own.seq, hash: own.hash } };
    }
    return answer;
  }
}

const summary = (value: object | undefined): string => {
  if (value === undefined) return '';
  if ('refused' in value) return `refused: ${String(value.refused)}`;
  const { epoch, head, results } = value as Partial<JournalAnswer>;
  const verdicts = results?.map(({ status, reason }) => reason ?? status).join(',') ?? '';
  return head === undefined ? '' : `→ epoch ${epoch}, head ${head.seq} ${verdicts}`;
};
