/** Asks the one page worker; started when the first page is to be worked on. */
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import type { PageAnswer, PageAnswers, PageTask } from './page-worker.ts';

let worker: Worker | undefined;
let lastId = 0;
const waiting = new Map<number, (answer: PageAnswer) => void>();

function started(): Worker {
  if (worker !== undefined) return worker;
  const begun = new Worker(new URL('./page-worker.ts', import.meta.url), { type: 'module' });
  begun.onmessage = ({ data }: MessageEvent<PageAnswer>) => {
    waiting.get(data.id)?.(data);
    waiting.delete(data.id);
  };
  // A page too large for the worker's memory takes the worker with it: the next one gets a new one.
  begun.onerror = () => {
    worker = undefined;
    for (const [id, settle] of waiting) settle({ id, refused: 'page-not-worked' });
    waiting.clear();
  };
  worker = begun;
  return begun;
}

/** What forty bound pages took goes with the worker at once; left to itself it would stay while they are put on disk. */
function rest(): void {
  if (waiting.size > 0) return;
  worker?.terminate();
  worker = undefined;
}

export function workOnPage<T extends PageTask>(task: T): Promise<Result<PageAnswers[T['task']], Failure>> {
  return new Promise((resolve) => {
    const id = ++lastId;
    waiting.set(id, (answer) => {
      resolve('refused' in answer ? fail(answer.refused) : ok(answer.done as PageAnswers[T['task']]));
      if (task.task === 'bind') queueMicrotask(rest);
    });
    started().postMessage({ id, ...task });
  });
}
