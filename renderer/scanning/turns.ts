/** Work that is done one piece at a time, the weightiest first: forty scans unpacked at once would be 1.4 GB of pixels. */

export type Turns = {
  /** Resolves or rejects as `work` does, once its turn has come; of equal weight, what was asked for first comes first. */
  take<T>(weight: number, work: () => Promise<T>): Promise<T>;
};

/** `longestMs`: a piece of work that takes longer holds up the others no more. */
export function createTurns(longestMs = 10_000): Turns {
  const waiting: { weight: number; run: () => Promise<void> }[] = [];
  let isBusy = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function runAll(): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    while (waiting.length > 0) {
      const next = waiting.reduce((first, one) => (one.weight > first.weight ? one : first));
      waiting.splice(waiting.indexOf(next), 1);
      await Promise.race([next.run(), new Promise((late) => (timer = setTimeout(late, longestMs)))]);
      clearTimeout(timer);
    }
    isBusy = false;
  }

  return {
    take: (weight, work) =>
      new Promise((resolve, reject) => {
        waiting.push({ weight, run: () => work().then(resolve, reject) });
        void runAll();
      }),
  };
}
