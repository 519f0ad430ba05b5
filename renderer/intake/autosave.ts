/** Saves the newest draft, one write at a time; what comes while one is under way is coalesced into the next. */
import type { Failure, Result } from '../../shared/lib/result.ts';

export type Autosave<T> = {
  /** Never blocks and never throws; the newest value wins. */
  request(value: T): void;
  /** Resolves when everything requested so far is on disk or has failed. */
  settled(): Promise<void>;
  /** Nothing requested from now on is saved; resolves when no write is under way. */
  stop(): Promise<void>;
};

export function createAutosave<T>({
  save,
  onOutcome,
}: {
  save: (value: T) => Promise<Result<unknown, Failure>>;
  /** Told only of the newest value requested so far: what became of an overtaken one is no news. */
  onOutcome: (outcome: Result<unknown, Failure>, value: T) => void;
}): Autosave<T> {
  let waiting: { value: T } | undefined;
  let running: Promise<void> | undefined;
  let isStopped = false;

  const run = async (): Promise<void> => {
    while (waiting !== undefined) {
      const { value } = waiting;
      waiting = undefined;
      let outcome: Result<unknown, Failure>;
      try {
        outcome = await save(value);
      } catch {
        outcome = { ok: false, failure: { kind: 'draft-not-saved' } };
      }
      if (waiting === undefined) onOutcome(outcome, value);
    }
  };

  return {
    request(value) {
      if (isStopped) return;
      waiting = { value };
      running ??= run().finally(() => {
        running = undefined;
      });
    },
    settled: async () => running,
    async stop() {
      isStopped = true;
      waiting = undefined;
      await running;
    },
  };
}
