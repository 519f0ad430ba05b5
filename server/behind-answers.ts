/** Work that no answer waits for: one at a time for each key, and once more when it was asked for again meanwhile. */

export type BehindAnswers = {
  ask(key: string): void;
  /** Resolves when nothing is under way, for a server that stops. */
  settled(): Promise<void>;
};

export function createBehindAnswers(work: (key: string) => Promise<void>, onError: (error: unknown) => void): BehindAnswers {
  const underWay = new Map<string, Promise<void>>();
  const again = new Set<string>();

  async function run(key: string): Promise<void> {
    do {
      again.delete(key);
      await work(key).catch(onError);
    } while (again.has(key));
    // In the turn of the last look, so that whoever asks from now on begins anew.
    underWay.delete(key);
  }

  return {
    ask(key) {
      if (underWay.has(key)) again.add(key);
      else
        underWay.set(
          key,
          Promise.resolve().then(() => run(key)),
        );
    },
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay.values());
    },
  };
}
