/** Asks the one QR worker; started when the first code is looked for. */
import type { QrAnswer, QrRequest } from './qr-worker.ts';

let worker: Worker | undefined;
let lastId = 0;
const waiting = new Map<number, (answer: QrAnswer) => void>();

function started(): Worker {
  if (worker !== undefined) return worker;
  worker = new Worker(new URL('./qr-worker.ts', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }: MessageEvent<QrAnswer>) => {
    waiting.get(data.id)?.(data);
    waiting.delete(data.id);
  };
  worker.onerror = () => {
    worker = undefined;
    for (const [id, settle] of waiting) settle({ id, texts: [], isReadable: false });
    waiting.clear();
  };
  return worker;
}

export function readQr(picture: Blob): Promise<Omit<QrAnswer, 'id'>> {
  return new Promise((resolve) => {
    const id = ++lastId;
    waiting.set(id, resolve);
    started().postMessage({ id, picture } satisfies QrRequest);
  });
}
