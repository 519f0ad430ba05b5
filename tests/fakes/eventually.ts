/** Waits for something that other code brings about. */
export async function eventually<T>(look: () => T | undefined | false | Promise<T | undefined | false>, limitMs = 5000): Promise<T> {
  const startedAtMs = Date.now();
  for (;;) {
    const value = await look();
    if (value !== undefined && value !== false) return value;
    if (Date.now() - startedAtMs > limitMs) throw new Error(`did not happen within ${limitMs} ms: ${look.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
