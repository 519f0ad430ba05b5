/** `Promise.all` over much work begun a slice at a time: between slices the page can draw and take keys. */
export async function inSlices<T, R>(items: readonly T[], size: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += size) {
    for (const result of await Promise.all(items.slice(at, at + size).map(work))) results.push(result);
  }
  return results;
}
