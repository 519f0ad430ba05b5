/** Much work a slice at a time: between slices the thread can draw, take keys and answer whoever else asks. */

export function* slicesOf<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

/** `Promise.all` over work that is begun a slice at a time. */
export async function inSlices<T, R>(items: readonly T[], size: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const slice of slicesOf(items, size)) for (const result of await Promise.all(slice.map(work))) results.push(result);
  return results;
}
