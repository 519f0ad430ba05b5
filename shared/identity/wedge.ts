/** Tells the burst of a keyboard-wedge scanner from a person typing, by the time between keys. */

export type WedgeSettings = {
  /** Longest time between two keys of one scan. Scanners need under 20 ms, fast typists over 60. */
  maxGapMs: number;
  /** Shortest text that counts as a scan. */
  minLength: number;
};

/**
 * Nothing is ever withheld: every key reaches the focused field, typed or scanned. At `may-begin` the screen remembers
 * what that field held, so that at `scan` it can put it back and keep the Enter from submitting anything.
 */
export type WedgeEvent = { kind: 'typing' } | { kind: 'may-begin' } | { kind: 'scan'; text: string };

export type WedgeDetector = { feed(key: string, atMs: number): WedgeEvent };

const MAX_SCAN = 4000;
/** Keys that scanners press along with a character; they say nothing and take no time. */
const silent = new Set(['Shift', 'Control', 'Alt', 'AltGraph', 'CapsLock', 'NumLock', 'Meta', 'Unidentified']);

/** `key` is a DOM `KeyboardEvent.key`; `atMs` its `timeStamp`, which is when the system saw it, not when a busy page did. */
export function createWedgeDetector({ maxGapMs, minLength }: WedgeSettings): WedgeDetector {
  let text = '';
  let lastAtMs = Number.NEGATIVE_INFINITY;

  return {
    feed(key, atMs) {
      if (silent.has(key)) return { kind: 'typing' };
      const gapMs = atMs - lastAtMs;
      const goesOn = text !== '' && gapMs >= 0 && gapMs <= maxGapMs && text.length < MAX_SCAN;
      const burst = goesOn ? text : '';
      lastAtMs = atMs;

      if (key === 'Enter') {
        text = '';
        return burst.length >= minLength ? { kind: 'scan', text: burst } : { kind: 'typing' };
      }
      const isCharacter = Array.from(key).length === 1 || /^\p{L}\p{M}+$/u.test(key);
      text = isCharacter ? burst + key : '';
      return isCharacter && burst === '' ? { kind: 'may-begin' } : { kind: 'typing' };
    },
  };
}
