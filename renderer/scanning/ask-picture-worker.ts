/** Asks the one picture worker of the page; started when the first page is to be drawn or judged. */
import type { PictureAnswer, PictureAnswers, PictureTask } from './picture-worker.ts';

type Answer = PictureAnswers[PictureTask['task']];

let worker: Worker | undefined;
let lastId = 0;
const waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (reason: Error) => void }>();

function started(): Worker {
  if (worker !== undefined) return worker;
  worker = new Worker(new URL('./picture-worker.ts', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }: MessageEvent<PictureAnswer>) => {
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if ('failed' in data) asked?.reject(new Error('not drawable'));
    else asked?.resolve(data.done);
  };
  // A picture too large for the worker's memory takes the worker with it: the next one gets a new one.
  worker.onerror = () => {
    worker = undefined;
    for (const { reject } of waiting.values()) reject(new Error('the picture worker ended'));
    waiting.clear();
  };
  return worker;
}

/** Rejects when the bytes are nothing that can be drawn. They are handed over, not copied: the task's own are gone. */
export function askPictureWorker<T extends PictureTask>(task: T): Promise<PictureAnswers[T['task']]> {
  return new Promise((resolve, reject) => {
    const id = ++lastId;
    waiting.set(id, { resolve: (answer) => resolve(answer as PictureAnswers[T['task']]), reject });
    started().postMessage({ id, ...task }, task.task === 'draw' ? [task.bytes.buffer] : []);
  });
}
