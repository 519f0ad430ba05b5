/** What the parts of the sync measurement say to each other. */

export const recordContenders = ['product', 'batch', 'pouch-100', 'pouch-500'] as const;
export const scanContenders = ['product', 'put-1', 'put-3', 'tus'] as const;
export type Contender = (typeof recordContenders)[number] | (typeof scanContenders)[number];

export type Task = {
  what: 'records' | 'scans';
  contender: Contender;
  count: number;
  seed: number;
  url: string;
  /** Enrols the product's device. */
  code: string;
  /** Its own, empty. */
  folder: string;
  /** Where the peers are installed. */
  peers: string;
};

/** Of the client's process, from its first request to its last answer. */
export type Measured = { tookMs: number; marks: Record<string, number>; cpuMs: number; bytesUp: number; bytesDown: number };
