/** The thread in which large things are digested and sealed, while the shell's own takes in the next and writes the last. */
import { parentPort } from 'node:worker_threads';
import { SEALING_READY, type SealAnswer, type SealTask } from './open-sealing-thread.ts';
import { digestAndSeal } from './vault.ts';

parentPort?.on('message', ({ id, key, plain, place }: SealTask) => {
  const { sha256, sealed } = digestAndSeal(key, plain, place);
  // Small pieces may share their memory with others; the large one has its own, and goes over without being copied.
  const own = sealed.map(({ buffer, byteLength }) => (buffer.byteLength === byteLength ? buffer : undefined)).filter((buffer) => buffer instanceof ArrayBuffer);
  parentPort?.postMessage({ id, sha256, sealed } satisfies SealAnswer, own);
});
parentPort?.postMessage(SEALING_READY);
