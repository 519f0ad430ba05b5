/** Asks the one picture worker of the page; started when the first image is to be drawn. */
import type { DrawAnswer, DrawRequest } from './picture-worker.ts';

type Drawn = NonNullable<DrawAnswer['drawn']>;

let worker: Worker | undefined;
let lastId = 0;
const waiting = new Map<number, { resolve: (drawn: Drawn) => void; reject: (reason: Error) => void }>();

function started(): Worker {
  if (worker !== undefined) return worker;
  worker = new Worker(new URL('./picture-worker.ts', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }: MessageEvent<DrawAnswer>) => {
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.drawn === null) asked?.reject(new Error('not drawable'));
    else asked?.resolve(data.drawn);
  };
  // A picture too large for the worker's memory takes the worker with it: the next one gets a new one.
  worker.onerror = () => {
    worker = undefined;
    for (const { reject } of waiting.values()) reject(new Error('the picture worker ended'));
    waiting.clear();
  };
  return worker;
}

/** At most `sizePx` on the longer side. Throws when the bytes are no image that can be drawn. */
export function drawImage(bytes: Uint8Array<ArrayBuffer>, mediaType: string, sizePx: number): Promise<Drawn> {
  return new Promise((resolve, reject) => {
    const id = ++lastId;
    waiting.set(id, { resolve, reject });
    started().postMessage({ id, bytes, mediaType, sizePx } satisfies DrawRequest);
  });
}
