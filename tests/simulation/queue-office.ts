/** An office on a network and disks that fail: real seats, virtual time, chance from a seed. Same seed, same day. */
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import { isBehind, type Place } from '../../shared/queue/event.ts';
import type { Frame } from '../../shared/queue/frame.ts';
import type { SeatRecord } from '../../shared/queue/replica.ts';
import { BEAT_MS, createSeat, type OfficeSeat } from '../../shared/queue/seat.ts';
import type { Seat } from '../../shared/queue/seat-kinds.ts';
import type { IssuedTicket, Ticket } from '../../shared/queue/ticket.ts';

export const groups = [
  { id: 'civil', letter: 'A', name: 'Hộ tịch', fields: [] },
  { id: 'land', letter: 'B', name: 'Đất đai', fields: [] },
];
const MORNING = Date.parse('2026-11-23T08:00:00+07:00');

export type Device = {
  name: string;
  memberId: string;
  kind: Seat;
  counter: string | undefined;
  /** What a power cut leaves. */
  disk: SeatRecord[];
  seat: OfficeSeat | undefined;
  /** Counts starts: what an earlier one waited for never comes. */
  life: number;
  clockOffsetMs: number;
  /** Begun and not known to be done. */
  writing: Array<() => void>;
  /** The one that could take over had on its disk all that this one had said. */
  wasHeard: boolean;
};

export type Chance = { next(): number; below(n: number): number; isOneIn(n: number): boolean; of<T>(list: readonly T[]): T };

/** mulberry32 */
export function chanceOf(seed: number): Chance {
  let a = seed >>> 0;
  const next = (): number => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = a;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return { next, below, isOneIn: (n) => below(n) === 0, of: (list) => list[below(list.length)] as never };
}

type Job = { atMs: number; order: number; run(): void };

export class Office {
  nowMs = 0;
  readonly devices: Device[] = [];
  readonly log: string[] = [];
  /** Number on paper → ticket. */
  readonly papers = new Map<string, string>();
  /** Ticket → counters whose officer was told to serve it. */
  readonly served = new Map<string, string[]>();
  readonly finished = new Set<string>();
  readonly wrong: string[] = [];
  diskFails = false;
  private readonly cut = new Set<string>();
  private jobs: Job[] = [];
  private order = 0;
  private ids = 0;

  constructor(
    readonly chance: Chance,
    kinds: ReadonlyArray<{ name: string; kind: Seat; counter?: string }>,
  ) {
    for (const [nth, { name, kind, counter }] of kinds.entries()) {
      this.devices.push({
        name,
        kind,
        counter,
        memberId: String(nth + 1).padStart(64, '0'),
        disk: [],
        seat: undefined,
        life: 0,
        clockOffsetMs: 0,
        writing: [],
        wasHeard: false,
      });
    }
  }

  private at(delayMs: number, run: () => void): Job {
    const job = { atMs: this.nowMs + delayMs, order: this.order++, run };
    this.jobs.push(job);
    return job;
  }

  named(name: string): Device {
    const found = this.devices.find((device) => device.name === name);
    if (found === undefined) throw new Error(name);
    return found;
  }

  start(device: Device): void {
    if (device.seat !== undefined) return;
    device.life += 1;
    const { life } = device;
    const isAlive = (): boolean => device.life === life && device.seat !== undefined;
    let writing: Promise<unknown> = Promise.resolve();
    const inTurn = (write: () => void): Promise<Result<null, Failure>> => {
      // What a device that was cut off goes on to think reaches no disk, now or with a later cut.
      if (!isAlive()) return new Promise(() => undefined);
      device.writing.push(write);
      const onDisk = (): Promise<Result<null, Failure>> =>
        new Promise((resolve) => {
          this.at(1 + this.chance.below(8), () => {
            if (device.life !== life) return;
            device.writing.shift();
            if (this.diskFails && this.chance.isOneIn(3)) return resolve(fail('queue-failed'));
            write();
            resolve(ok(null));
          });
        });
      const next = writing.then(onDisk);
      writing = next;
      return next;
    };
    device.seat = createSeat({
      me: { memberId: device.memberId, seat: device.kind, role: device.counter === undefined ? 'lobby' : 'officer', name: device.name },
      groups,
      isAfterHours: () => false,
      records: structuredClone(device.disk),
      ports: {
        clockMs: () => MORNING + this.nowMs + device.clockOffsetMs,
        monoMs: () => this.nowMs,
        newId: () => `00000000-0000-4000-8000-${String(++this.ids).padStart(12, '0')}`,
        send: (memberId, frame) => isAlive() && this.deliver(device, memberId, frame),
        after: (ms, run) => {
          const job = this.at(ms, () => isAlive() && run());
          return () => void (job.run = () => undefined);
        },
        keep: (records) => {
          const copy = structuredClone(records);
          return inTurn(() => void device.disk.push(...copy));
        },
        begin: (base) => {
          let made: SeatRecord | undefined;
          return inTurn(() => {
            made = structuredClone(base());
            device.disk = [made];
          });
        },
        report: () => Promise.resolve(),
        changed: () => undefined,
      },
    });
    device.seat.start();
    const tick = (): void => {
      if (!isAlive()) return;
      device.seat?.tick();
      this.at(BEAT_MS / 2, tick);
    };
    this.at(this.chance.below(BEAT_MS), tick);
    this.connectAll();
  }

  crash(device: Device): void {
    if (device.seat === undefined) return;
    const { seat } = device;
    device.wasHeard = this.devices.some(
      (other) => other.kind !== 'member' && other !== device && other.seat !== undefined && !isBehind(placeOnDisk(other), seat.replica.settledAt()),
    );
    device.seat.stop();
    device.seat = undefined;
    device.life += 1;
    // A power cut may come between the write and the word that it was done, never between a later and an earlier one.
    for (const write of device.writing.slice(0, this.chance.below(device.writing.length + 1))) write();
    device.writing = [];
    for (const other of this.devices) if (other !== device) this.drop(device, other);
  }

  /** Everyone speaks with the hub and the standby. */
  private canSpeak(a: Device, b: Device): boolean {
    return a !== b && (a.kind !== 'member' || b.kind !== 'member') && a.seat !== undefined && b.seat !== undefined && !this.cut.has(linkOf(a, b));
  }

  private readonly open = new Map<string, number>();
  private connections = 0;

  connectAll(): void {
    for (const a of this.devices) {
      for (const b of this.devices) {
        if (a.memberId >= b.memberId || this.open.has(linkOf(a, b)) || !this.canSpeak(a, b)) continue;
        this.open.set(linkOf(a, b), ++this.connections);
        a.seat?.connected(b.memberId);
        b.seat?.connected(a.memberId);
      }
    }
  }

  private drop(a: Device, b: Device): void {
    if (!this.open.delete(linkOf(a, b))) return;
    a.seat?.disconnected(b.memberId);
    b.seat?.disconnected(a.memberId);
  }

  sever(a: Device, b: Device): void {
    this.cut.add(linkOf(a, b));
    this.drop(a, b);
  }

  heal(): void {
    this.cut.clear();
    this.connectAll();
  }

  private readonly lanes = new Map<string, number>();

  /** In order within one connection, late by chance, and lost with it. */
  private deliver(from: Device, to: string, frame: Frame): void {
    const target = this.devices.find(({ memberId }) => memberId === to);
    if (target === undefined) return;
    const link = linkOf(from, target);
    const connection = this.open.get(link);
    if (connection === undefined) return;
    const lane = `${connection} ${from.name}`;
    const atMs = Math.max(this.lanes.get(lane) ?? 0, this.nowMs + 1 + this.chance.below(this.chance.isOneIn(20) ? 900 : 25));
    this.lanes.set(lane, atMs);
    const copy = structuredClone(frame);
    this.at(atMs - this.nowMs, () => {
      if (this.open.get(link) !== connection) return;
      target.seat?.received(from.memberId, copy);
    });
  }

  async run(ms: number): Promise<void> {
    const end = this.nowMs + ms;
    for (;;) {
      let next: Job | undefined;
      for (const job of this.jobs) if (next === undefined || job.atMs < next.atMs || (job.atMs === next.atMs && job.order < next.order)) next = job;
      if (next === undefined || next.atMs > end) break;
      this.jobs.splice(this.jobs.indexOf(next), 1);
      this.nowMs = next.atMs;
      next.run();
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    }
    this.nowMs = end;
  }

  issue(device: Device): void {
    void device.seat?.issue({ groupId: this.chance.of(groups).id, priority: this.chance.isOneIn(4) ? 'elderly' : 'none' }).then((issued) => {
      if (!issued.ok) return this.log.push(`${device.name} no number: ${issued.failure.kind}`);
      this.paper(device, issued.value);
    });
  }

  private paper(device: Device, { number, date, ticketId }: IssuedTicket): void {
    this.log.push(`${this.nowMs} ${device.name} gives ${number}`);
    const name = `${date} ${number}`;
    if (this.papers.has(name)) this.wrong.push(`${name} given twice, the second time by ${device.name} at ${this.nowMs}`);
    this.papers.set(name, ticketId);
  }

  callNext(device: Device): void {
    const counter = device.counter ?? '';
    void device.seat?.request({ type: 'call-next', counter, groupIds: [] }).then(({ result }) => {
      if (!result.ok) return;
      const ticket = result.value as Ticket;
      this.log.push(`${this.nowMs} ${device.name} calls ${ticket.number}`);
      const before = this.served.get(ticket.ticketId) ?? [];
      if (before.length > 0) this.wrong.push(`${ticket.number} called to ${before.join()} and by ${device.name} at ${this.nowMs}`);
      this.served.set(ticket.ticketId, [...before, device.name]);
    });
  }

  finish(device: Device): void {
    const { seat, counter = '' } = device;
    const mine = seat?.replica.settled().tickets.find(({ state, counter: at }) => state === 'called' && at === counter);
    if (mine === undefined) return;
    void seat?.request({ type: 'finish', ticketId: mine.ticketId, counter }).then(({ result }) => {
      if (result.ok) this.finished.add(mine.ticketId);
    });
  }
}

const placeOnDisk = ({ seat }: Device): Place => ({ epoch: seat?.replica.last().epoch ?? 0, seq: seat?.replica.keptSeq() ?? 0 });
const linkOf = (a: Device, b: Device): string => [a.name, b.name].sort().join('–');
