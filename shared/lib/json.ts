/** JSON from outside: what does not parse is an answer like any other, not an exception. */

/** Undefined for a text that is no JSON. */
export function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
