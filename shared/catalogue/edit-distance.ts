/** How many typing slips lie between two words. */

const MAX_WORD = 64;
let older = new Uint8Array(MAX_WORD + 1);
let previous = new Uint8Array(MAX_WORD + 1);
let current = new Uint8Array(MAX_WORD + 1);

/**
 * Letters left out, added, changed, or two neighbours swapped (optimal string alignment); `limit + 1` as soon as it is
 * clear that more than `limit` are needed. Words over 64 letters are never alike unless equal.
 */
export function editDistance(one: string, other: string, limit: number): number {
  if (one === other) return 0;
  const tooMany = limit + 1;
  if (Math.abs(one.length - other.length) > limit || one.length > MAX_WORD || other.length > MAX_WORD) return tooMany;
  for (let column = 0; column <= other.length; column++) previous[column] = column;
  for (let row = 1; row <= one.length; row++) {
    const letter = one.charCodeAt(row - 1);
    current[0] = row;
    let least = row;
    for (let column = 1; column <= other.length; column++) {
      const otherLetter = other.charCodeAt(column - 1);
      let slips = Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (previous[column - 1] ?? 0) + (letter === otherLetter ? 0 : 1));
      if (row > 1 && column > 1 && letter === other.charCodeAt(column - 2) && one.charCodeAt(row - 2) === otherLetter)
        slips = Math.min(slips, (older[column - 2] ?? 0) + 1);
      current[column] = slips;
      if (slips < least) least = slips;
    }
    if (least > limit) return tooMany;
    [older, previous, current] = [previous, current, older];
  }
  return Math.min(previous[other.length] ?? tooMany, tooMany);
}
