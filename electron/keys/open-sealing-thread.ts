/** Hands what is large to a thread of its own to be digested and sealed (sealing-thread.ts); begun when the first such thing comes. */
import { Worker } from 'node:worker_threads';
import type { Digested, SealElsewhere } from './vault.ts';

export type SealTask = { id: number; key: Uint8Array; plain: Uint8Array; place: string };
export type SealAnswer = { id: number; sha256: string; sealed: Uint8Array[] };
/** Its first word. Node's own `online` comes before its code is even found. */
export const SEALING_READY = 'ready';

/** What is smaller is sealed sooner than another thread wakes up. */
const LARGE_BYTES = 64 * 1024;

type Waiting = { resolve(digested: Digested): void; reject(error: unknown): void };

/** `file`: the thread's code as it was built. Where it cannot be run everything is sealed in the caller's thread. */
export function openSealingThread(file: string): SealElsewhere {
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let hasBegun = false;
  /** Only once it has said that it runs. */
  let worker: Worker | undefined;

  function begin(): void {
    hasBegun = true;
    const begun = new Worker(file);
    // What is under way holds the process by what it writes; a thread that rests must not.
    begun.unref();
    begun.on('message', (said: SealAnswer | typeof SEALING_READY) => {
      if (said === SEALING_READY) {
        worker = begun;
        return;
      }
      const { id, sha256, sealed } = said;
      waiting.get(id)?.resolve({ sha256, sealed: sealed.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)) });
      waiting.delete(id);
    });
    const lose = (error: unknown): void => {
      worker = undefined;
      // Their bytes went with the thread: whoever waits is told, and nothing was said to be saved.
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    };
    begun.once('error', lose);
    begun.once('exit', () => lose(new Error('the sealing thread ended')));
  }

  return (key, plain, place) => {
    if (plain.byteLength < LARGE_BYTES) return undefined;
    if (!hasBegun) begin();
    const { buffer } = plain;
    if (worker === undefined || !(buffer instanceof ArrayBuffer) || buffer.byteLength !== plain.byteLength) return undefined;
    const id = ++lastId;
    worker.postMessage({ id, key, plain, place } satisfies SealTask, [buffer]);
    return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  };
}
