/** One piece of work after the other, in the order it was asked for. */

/** Work that fails tells whoever asked, and holds up nobody behind it. */
export function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  };
}
