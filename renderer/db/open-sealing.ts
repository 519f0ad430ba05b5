/** Starts the worker that holds the keys. Where there are no workers (Node, in unit tests), the same code runs in this thread. */
import type { Sealing } from './sealing.ts';
import { callOver } from './sealing-port.ts';

/** `secret`: 32 bytes from the shell, gone from this thread afterwards. */
export async function openSealing(secret: Uint8Array<ArrayBuffer>): Promise<Sealing & { close(): void }> {
  if (typeof Worker === 'undefined') {
    // Not part of what the page has to compile before it begins.
    const [{ createKeys }, { createSealing }] = await Promise.all([import('./sealer.ts'), import('./sealing.ts')]);
    return { ...createSealing(await createKeys(secret)), close: () => undefined };
  }
  const worker = new Worker(new URL('./sealing-worker.ts', import.meta.url), { type: 'module' });
  worker.postMessage(secret, [secret.buffer]);
  const sealing = callOver(worker, (lost) => worker.addEventListener('error', ({ message }) => lost(new Error(`the sealing worker ended: ${message}`))));
  return { ...sealing, close: () => worker.terminate() };
}
