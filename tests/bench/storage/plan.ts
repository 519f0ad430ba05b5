/** What the runner asks of the page (`plan.json` beside it) and what the page says back, one line of its console each. */

export type Plan = {
  seed: number;
  /** Measured saves a contender; one more of each goes before and is not counted. */
  saves: number;
  /** Pause between two saves: what one leaves to do must not be paid by the next. */
  restMs: number;
  /** Rounds of the bulk insert, over what the device's journal holds; 0 for none. */
  bulkRounds: number;
};

/** The ways to take a dossier in. `product-…` go through the real bridge; the others are one fresh IndexedDB database each. */
export const contenderNames = ['product-at-once', 'product-both-homes', 'product-as-lived', 'raw', 'dexie', 'rxdb', 'pouchdb'] as const;
export type ContenderName = (typeof contenderNames)[number];

/** Milliseconds since the beginning of a save. */
export type Marks = Record<string, number>;

export const bulkNames = ['product', 'raw', 'rxdb', 'pouchdb'] as const;
export type BulkName = (typeof bulkNames)[number];

export type Said =
  | { kind: 'ready' }
  | { kind: 'save'; contender: ContenderName; round: number; /** Wall clock. */ startMs: number; marks: Marks }
  | { kind: 'bulk'; contender: BulkName; round: number; rows: number; tookMs: number }
  | { kind: 'done' }
  | { kind: 'failed'; message: string };

/** Begins every line that is meant for the runner. */
export const SAID = 'BENCH ';
