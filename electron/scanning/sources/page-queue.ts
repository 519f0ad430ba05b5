/** Hands what a callback brings to whoever iterates, in order. */

export type PageQueue<T> = {
  push(item: T): void;
  /** After what is waiting, the iteration ends; with an error, it throws. */
  end(error?: Error): void;
  items(): AsyncGenerator<T, void, void>;
};

export function createPageQueue<T>(): PageQueue<T> {
  const waiting: T[] = [];
  let ended: { error?: Error } | undefined;
  let wake: () => void = () => undefined;
  return {
    push(item) {
      waiting.push(item);
      wake();
    },
    end(error) {
      ended ??= { error };
      wake();
    },
    async *items() {
      for (;;) {
        const [item] = waiting.splice(0, 1);
        if (item !== undefined) yield item;
        else if (ended === undefined) await new Promise<void>((resolve) => (wake = resolve));
        else if (ended.error !== undefined) throw ended.error;
        else return;
      }
    },
  };
}
