/** A province in memory that keeps the contract of shared/sync/protocol.ts, stands or falls as a whole, and can be set back to a backup. */
import { firstGap, startAfterRestore } from '../../server/devices/number-gap.ts';
import { slotOf, type JournalHeadAt, type StoredSlot } from '../../server/journal/slot.ts';
import { addDays } from '../../shared/calendar/dates.ts';
import { GENESIS_HASH } from '../../shared/journal/chain.ts';
import type { JournalEntry, NumberLease } from '../../shared/journal/operation.ts';
import { scansOf } from '../../shared/dossiers/scans-of.ts';
import { dateAt } from '../../shared/lib/time.ts';
import type { EnrolAnswer, EntryAnswer, HeadReceipt, JournalAnswer, StatusAnswer } from '../../shared/sync/protocol.ts';
import { Broken, type World } from './world.ts';

export const LEASE_SIZE = 4;
const LEASE_DAYS = 10;
const REST_DAYS = 7;
const INSTANCES_SKIPPED = 1_000;
export const AGENCY = 'H36.12';

/** What a mutated province does wrong; the simulation has to notice each. */
export type ProvinceBug =
  | 'duplicate-is-new'
  | 'skips-gap'
  | 'out-of-order'
  | 'answers-before-commit'
  | 'confirms-without-scans'
  | 'no-safety-gap'
  | 'fork-is-duplicate'
  | 'same-epoch'
  | 'ignores-corrections';

type DeviceRow = {
  deviceId: string;
  journalId: string;
  instance: number;
  head: JournalHeadAt;
  slots: Map<number, StoredSlot>;
  /** Operations that stand in its journal. */
  operations: Set<string>;
};

type LeaseRow = { deviceId: string; lease: NumberLease; isJournalled: boolean };
type DossierRow = { dossierId: string; code: string; scans: string[]; operationId: string };

type State = {
  epoch: number;
  numbersOf: { epoch: number; start: number };
  nextInstance: number;
  devices: Map<string, DeviceRow>;
  deviceOfJournal: Map<string, string>;
  usedCodes: Map<string, string>;
  leases: LeaseRow[];
  /** Operation → what was decided. */
  operations: Map<string, EntryAnswer['status']>;
  effects: Map<string, number>;
  dossiers: Map<string, DossierRow>;
  codes: Map<string, string>;
  scans: Set<string>;
  /** Subject (a ticket) → the stage it has reached. */
  stages: Map<string, number>;
};

const empty = (): State => ({
  epoch: 1,
  numbersOf: { epoch: 1, start: 1 },
  nextInstance: 1,
  devices: new Map(),
  deviceOfJournal: new Map(),
  usedCodes: new Map(),
  leases: [],
  operations: new Map(),
  effects: new Map(),
  dossiers: new Map(),
  codes: new Map(),
  scans: new Set(),
  stages: new Map(),
});

const copyOf = (state: State): State => ({
  ...state,
  numbersOf: { ...state.numbersOf },
  devices: new Map([...state.devices].map(([id, row]) => [id, { ...row, slots: new Map(row.slots), operations: new Set(row.operations) }])),
  deviceOfJournal: new Map(state.deviceOfJournal),
  usedCodes: new Map(state.usedCodes),
  leases: state.leases.map((row) => ({ ...row })),
  operations: new Map(state.operations),
  effects: new Map(state.effects),
  dossiers: new Map(state.dossiers),
  codes: new Map(state.codes),
  scans: new Set(state.scans),
  stages: new Map(state.stages),
});

const STAGES: Partial<Record<JournalEntry['operation']['type'], number>> = { 'ticket.issued': 1, 'ticket.called': 2, 'ticket.finished': 3 };

/** A person writes poison; the way damages; an older province does not know an operation yet. */
export const POISON = 'poison';
export const UNHEARD_OF = 'unheard-of';

export type Refusal = { refused: string };

export class ModelProvince {
  state = empty();
  backup = empty();
  /** Set back, and neither told so nor found out yet: what devices remember may be more than it holds. */
  isForgetful = false;
  isUp = true;
  /** Understands the newest operations. */
  isUpgraded = false;
  /** Devices with this app version get `needs-newer-app`. */
  oldestApp = 1;
  restores = 0;
  private lives = 1;

  constructor(
    private readonly world: World,
    private readonly bug: ProvinceBug | undefined,
  ) {}

  takeBackup(): void {
    this.backup = copyOf(this.state);
  }

  /** Back to the backup. `isTold`: the operator runs `restored`; otherwise the first receipt from its future tells, or the first lease. */
  restore(isTold: boolean): void {
    this.state = copyOf(this.backup);
    if (!this.isForgetful) this.restores += 1;
    this.isForgetful = true;
    if (isTold) this.raiseEpoch(0);
  }

  private raiseEpoch(known: number): void {
    // No two lives share an epoch, not even when a backup of a backup is restored.
    this.lives = Math.max(this.lives, this.state.epoch, known) + 1;
    if (this.bug !== 'same-epoch') this.state.epoch = this.lives;
    this.isForgetful = false;
    this.beginLife();
    // The runbook of a restore: a backup first, or a second restore would know nothing of the numbers of this life.
    this.takeBackup();
    this.world.note(() => `province: epoch ${this.state.epoch}`);
  }

  enrol(code: string, journalId: string): EnrolAnswer | Refusal {
    const { state } = this;
    const known = state.deviceOfJournal.get(journalId);
    const usedBy = state.usedCodes.get(code);
    if (usedBy !== undefined && usedBy !== known) return { refused: 'code-used' };
    const deviceId = known ?? this.world.newId('device');
    if (known === undefined) {
      this.noticeByItself();
      const row: DeviceRow = {
        deviceId,
        journalId,
        instance: state.nextInstance++,
        head: { seq: 0, hash: GENESIS_HASH },
        slots: new Map(),
        operations: new Set(),
      };
      state.devices.set(deviceId, row);
      state.deviceOfJournal.set(journalId, deviceId);
      state.usedCodes.set(code, deviceId);
    }
    const row = state.devices.get(deviceId) as DeviceRow;
    const lease = this.lease(deviceId);
    if (lease === undefined) return { refused: 'numbers-exhausted' };
    const serverKey = { kty: 'EC', crv: 'P-256', x: '', y: '' } as const;
    return { deviceId, instance: row.instance, officeId: 'xa', agencyCode: AGENCY, epoch: state.epoch, serverKey, lease };
  }

  lease(deviceId: string): NumberLease | undefined {
    const { state } = this;
    const today = dateAt(this.world.clockMs);
    const open = state.leases.find((row) => row.deviceId === deviceId && !row.isJournalled && row.lease.validTo >= today);
    if (open !== undefined) return open.lease;
    this.noticeByItself();
    const from = firstGap(this.takenOn(today), LEASE_SIZE, state.numbersOf.start);
    if (from === undefined) return undefined;
    const lease: NumberLease = {
      leaseId: this.world.newId('lease'),
      from,
      to: from + LEASE_SIZE - 1,
      validFrom: today,
      validTo: addDays(today, LEASE_DAYS - 1),
      epoch: state.epoch,
    };
    state.leases.push({ deviceId, lease, isJournalled: false });
    return lease;
  }

  private takenOn(today: string): Array<{ first: number; last: number }> {
    return this.state.leases
      .filter(({ lease }) => addDays(lease.validTo, REST_DAYS) >= today)
      .map(({ lease }) => ({ first: lease.from, last: lease.to }))
      .sort((one, other) => one.first - other.first);
  }

  /** A server looks at its database's timeline when it starts: numbers are the one thing that cannot wait for a device to tell. */
  noticeByItself(): void {
    if (this.isForgetful) this.raiseEpoch(0);
  }

  /** Before the first number or instance after a restore: far from those the forgotten life may have given out. */
  private beginLife(): void {
    const { state } = this;
    if (state.numbersOf.epoch === state.epoch || this.bug === 'no-safety-gap') return;
    state.numbersOf = { epoch: state.epoch, start: startAfterRestore(this.takenOn(dateAt(this.world.clockMs)), LEASE_SIZE, state.numbersOf.start) };
    state.nextInstance += INSTANCES_SKIPPED;
  }

  private hear(deviceId: string, receipt: HeadReceipt | undefined): void {
    const row = this.state.devices.get(deviceId);
    if (row === undefined || receipt === undefined) return;
    if (receipt.epoch > this.state.epoch || receipt.seq > row.head.seq) if (receipt.epoch >= this.state.epoch) this.raiseEpoch(receipt.epoch);
  }

  private receiptOf(row: DeviceRow): HeadReceipt {
    const { epoch } = this.state;
    return { epoch, seq: row.head.seq, hash: row.head.hash, signature: `${row.deviceId}.${epoch}.${row.head.seq}.${row.head.hash}` };
  }

  push(deviceId: string, journalId: string, sent: readonly JournalEntry[], receipt: HeadReceipt | undefined, app: number): JournalAnswer | Refusal {
    const row = this.state.devices.get(deviceId);
    if (row === undefined) return { refused: 'device-unknown' };
    if (row.journalId !== journalId) return { refused: 'foreign-journal' };
    this.hear(deviceId, receipt);
    const { epoch } = this.state;
    if (app < this.oldestApp) {
      return { epoch, head: row.head, results: sent.map(({ operationId, seq }) => ({ operationId, seq, status: 'needs-newer-app' })) };
    }
    const before = this.bug === 'answers-before-commit' && this.world.chance.happens(0.05) ? copyOf(this.state) : undefined;
    const entries = [...sent].sort((one, other) => (this.bug === 'out-of-order' ? other.seq - one.seq : one.seq - other.seq));
    const headBefore = row.head.seq;
    const results: EntryAnswer[] = [];
    for (const entry of entries) {
      const slot = slotOf(entry, row.head, row.slots.get(entry.seq), row.slots.get(entry.seq - 1), GENESIS_HASH);
      const isForced = slot === 'gap' && (this.bug === 'skips-gap' || this.bug === 'out-of-order');
      if (slot === 'gap' && !isForced) break;
      const isIntact = !('damaged' in entry);
      const verdict = this.decide(row, entry, isIntact, slot === 'forked');
      results.push({ operationId: entry.operationId, seq: entry.seq, ...verdict });
      if (slot === 'forked' && this.bug !== 'fork-is-duplicate') break;
      if (isForced || slot === 'next' || (slot === 'repair' && isIntact)) {
        row.slots.set(entry.seq, { hash: entry.hash, wrongHash: !isIntact });
        row.operations.add(entry.operationId);
        if (entry.seq >= row.head.seq) row.head = { seq: entry.seq, hash: entry.hash };
      }
    }
    if (row.head.seq < headBefore) throw new Broken(`the head of ${deviceId} went back from ${headBefore} to ${row.head.seq}`);
    const answer = { epoch, head: row.head, receipt: this.receiptOf(row), results };
    if (before !== undefined) this.state = before;
    return answer;
  }

  private decide(row: DeviceRow, entry: JournalEntry, isIntact: boolean, isForked: boolean): Pick<EntryAnswer, 'status' | 'reason' | 'field'> {
    const { state } = this;
    if (!isIntact) return { status: 'rejected', reason: 'wrong-hash' };
    if (isForked) return this.bug === 'fork-is-duplicate' ? { status: 'duplicate' } : { status: 'rejected', reason: 'journal-forked' };
    if (state.operations.get(entry.operationId) === 'applied' && this.bug !== 'duplicate-is-new') return { status: 'duplicate' };
    const reason = this.effectOf(row, entry);
    state.operations.set(entry.operationId, reason === undefined ? 'applied' : 'rejected');
    if (reason !== undefined) return { status: 'rejected', reason };
    const effects = (state.effects.get(entry.operationId) ?? 0) + 1;
    state.effects.set(entry.operationId, effects);
    if (effects > 1) throw new Broken(`operation ${entry.operationId} took effect ${effects} times`);
    return { status: 'applied' };
  }

  /** The reason of a refusal; undefined when it took effect. */
  private effectOf(row: DeviceRow, entry: JournalEntry): string | undefined {
    const { state } = this;
    const { operation } = entry;
    if (entry.operatorId === POISON) return 'invalid';
    if (entry.operatorId === UNHEARD_OF && !this.isUpgraded) return 'unknown-operation';
    switch (operation.type) {
      case 'device.enrolled':
        return operation.deviceId === row.deviceId ? undefined : 'foreign-device';
      case 'numbers.leased': {
        const lease = state.leases.find(({ deviceId, lease: { leaseId } }) => deviceId === row.deviceId && leaseId === operation.lease.leaseId);
        if (lease !== undefined) lease.isJournalled = true;
        // Given out in a life the province has forgotten: it takes the range as taken again.
        else state.leases.push({ deviceId: row.deviceId, lease: operation.lease, isJournalled: true });
        return undefined;
      }
      case 'ticket.issued':
      case 'ticket.called':
      case 'ticket.finished': {
        const ticketId = operation.type === 'ticket.issued' ? operation.ticket.ticketId : operation.ticketId;
        const stage = STAGES[operation.type] as number;
        const reached = state.stages.get(ticketId) ?? 0;
        // Two copies of one journal called the same ticket: the second call changes nothing.
        if (stage <= reached) return undefined;
        if (stage !== reached + 1) throw new Broken(`ticket ${ticketId} went from stage ${reached} to ${stage}`);
        state.stages.set(ticketId, stage);
        return undefined;
      }
      case 'dossier.accepted':
      case 'dossier.corrected': {
        const { dossierId, code } = operation.dossier;
        const held = state.dossiers.get(dossierId);
        const isCorrection = operation.type === 'dossier.corrected';
        if (isCorrection && this.bug === 'ignores-corrections') return undefined;
        if (held !== undefined && !(isCorrection && row.operations.has(held.operationId))) return 'dossier-exists';
        if ((state.codes.get(code) ?? dossierId) !== dossierId) return 'code-taken';
        if (held !== undefined) state.codes.delete(held.code);
        state.dossiers.set(dossierId, { dossierId, code, scans: scansOf(operation.dossier), operationId: entry.operationId });
        state.codes.set(code, dossierId);
        return undefined;
      }
      default:
        return undefined;
    }
  }

  status(deviceId: string, dossierIds: readonly string[], scans: readonly string[], receipt: HeadReceipt | undefined): StatusAnswer | Refusal {
    const row = this.state.devices.get(deviceId);
    if (row === undefined) return { refused: 'device-unknown' };
    this.hear(deviceId, receipt);
    const { state } = this;
    const dossiers = dossierIds.flatMap((dossierId) => {
      const dossier = state.dossiers.get(dossierId);
      if (dossier === undefined) return [];
      const verified = dossier.scans.filter((sha256) => state.scans.has(sha256)).length;
      const confirmed = verified === dossier.scans.length || this.bug === 'confirms-without-scans';
      return [{ dossierId, scansExpected: dossier.scans.length, scansVerified: verified, confirmed }];
    });
    return { epoch: state.epoch, head: row.head, receipt: this.receiptOf(row), dossiers, verifiedScans: scans.filter((sha256) => state.scans.has(sha256)) };
  }

  /** Undefined: taken and verified. */
  upload(deviceId: string, sha256: string): Refusal | undefined {
    if (!this.state.devices.has(deviceId)) return { refused: 'device-unknown' };
    this.state.scans.add(sha256);
    return undefined;
  }

  holdsWhole(dossierId: string): boolean {
    const dossier = this.state.dossiers.get(dossierId);
    return dossier !== undefined && dossier.scans.every((sha256) => this.state.scans.has(sha256));
  }
}
