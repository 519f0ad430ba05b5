/** A world with one clock, one source of chance and one queue of events: the same seed lives the same life, event by event. */

export type Chance = {
  /** In [0, 1). */
  next(): number;
  /** A whole number in [from, to]. */
  between(from: number, to: number): number;
  happens(probability: number): boolean;
  pick<T>(from: readonly T[]): T | undefined;
};

/** mulberry32: small, quick and good enough to draw faults from. */
export function chanceOf(seed: number): Chance {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const between = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    between,
    happens: (probability) => next() < probability,
    pick: (from) => from[Math.floor(next() * from.length)],
  };
}

type Event = { atMs: number; order: number; run: () => void };

/** The days of the simulation begin at 08:00 of a Monday in An Bình. */
export const START_MS = Date.parse('2026-11-23T01:00:00Z');

export class World {
  nowMs = START_MS;
  /** Whole days in which nothing happened. */
  skippedMs = 0;
  readonly chance: Chance;
  private readonly heap: Event[] = [];
  private orders = 0;
  private ids = 0;
  private readonly lines: string[] = [];

  constructor(
    readonly seed: number,
    private readonly keepsTrace: boolean,
  ) {
    this.chance = chanceOf(seed);
  }

  get isAtRest(): boolean {
    return this.heap.length === 0;
  }

  /** What a right clock shows. */
  get clockMs(): number {
    return this.nowMs + this.skippedMs;
  }

  newId(kind: string): string {
    this.ids += 1;
    return `${kind}${this.ids}`;
  }

  note(line: () => string): void {
    if (this.keepsTrace) this.lines.push(`${((this.nowMs - START_MS) / 1000).toFixed(1).padStart(8)} ${line()}`);
  }

  trace(lines: number): string {
    return this.lines.slice(-lines).join('\n');
  }

  after(delayMs: number, run: () => void): void {
    const event = { atMs: this.nowMs + delayMs, order: this.orders++, run };
    const { heap } = this;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (!isBefore(event, heap[up] as Event)) break;
      heap[at] = heap[up] as Event;
      at = up;
    }
    heap[at] = event;
  }

  /** The next event happens. What it resolves runs on before the one after it, if the caller lets microtasks pass. */
  step(): void {
    const { heap } = this;
    const first = heap[0];
    if (first === undefined) return;
    const last = heap.pop() as Event;
    if (heap.length > 0) {
      let at = 0;
      for (;;) {
        let down = 2 * at + 1;
        if (down >= heap.length) break;
        if (down + 1 < heap.length && isBefore(heap[down + 1] as Event, heap[down] as Event)) down += 1;
        if (!isBefore(heap[down] as Event, last)) break;
        heap[at] = heap[down] as Event;
        at = down;
      }
      heap[at] = last;
    }
    this.nowMs = first.atMs;
    first.run();
  }
}

const isBefore = (one: Event, other: Event): boolean => one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);

/** A promise the product gave was broken. */
export class Broken extends Error {}
