/** Owns the look at an operation before anything reads it: shapes that would break the server or its database are named, not met. */

import { isStorable } from '../../shared/journal/storable.ts';

export type ContentFault = { reason: 'too-deep' | 'forbidden-key' | 'forbidden-character'; field: string };

/** A dossier's form is a dozen levels deep at most. */
const MAX_DEPTH = 100;
/** `JSON.stringify` overflows the stack somewhere above this; a body this deep comes from no counter of ours. */
const MAX_BODY_DEPTH = 2_000;

const escapePointer = (key: string): string => key.replace(/~/gu, '~0').replace(/\//gu, '~1');

/** The first fault of a parsed JSON value, with its JSON pointer (RFC 6901) under `at`. */
export const contentFault = (value: unknown, at = ''): ContentFault | undefined => (isSound(value, 0) ? undefined : faultIn(value, at));

/**
 * Whether `contentFault` can find nothing in the value of this text (JSON, in UTF-8 that was looked at). A character that is
 * forbidden, or a key that is hidden, can only be there by an escape.
 */
export const isSurelySound = (value: unknown, text: Buffer): boolean => !text.includes('\\u') && !text.includes('__proto__') && isShallow(value);

/** Whether nothing lies deeper than `contentFault` allows. */
function isShallow(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= MAX_DEPTH) return false;
  for (const key in value) if (!isShallow((value as Record<string, unknown>)[key], depth + 1)) return false;
  return true;
}

/** What nearly every operation is, found out without a word about where. */
function isSound(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return isStorable(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= MAX_DEPTH) return false;
  if (Array.isArray(value)) return value.every((child) => isSound(child, depth + 1));
  for (const key in value) {
    if (key === '__proto__' || !isStorable(key) || !isSound((value as Record<string, unknown>)[key], depth + 1)) return false;
  }
  return true;
}

/** Walks without recursion. */
function faultIn(value: unknown, at: string): ContentFault | undefined {
  const stack: Array<{ value: unknown; depth: number; at: string }> = [{ value, depth: 0, at }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    if (typeof top.value === 'string' && !isStorable(top.value)) return { reason: 'forbidden-character', field: top.at };
    if (typeof top.value !== 'object' || top.value === null) continue;
    if (top.depth >= MAX_DEPTH) return { reason: 'too-deep', field: at === '' ? '/' : at };
    for (const [key, child] of Object.entries(top.value)) {
      const pointer = `${top.at}/${escapePointer(key)}`;
      if (key === '__proto__') return { reason: 'forbidden-key', field: pointer };
      if (!isStorable(key)) return { reason: 'forbidden-character', field: top.at };
      stack.push({ value: child, depth: top.depth + 1, at: pointer });
    }
  }
  return undefined;
}

/** Whether the nesting of a JSON text stays within what can be handled at all; counted outside strings. */
export function isShallowJson(text: string): boolean {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit === 0x22) {
      index = endOfString(text, index + 1);
      if (index < 0) return true;
    } else if (unit === 0x7b || unit === 0x5b) {
      depth += 1;
      if (depth > MAX_BODY_DEPTH) return false;
    } else if (unit === 0x7d || unit === 0x5d) depth -= 1;
  }
  return true;
}

/** The quotation mark that ends the string whose first character stands at `from`; -1: there is none, and the text is no JSON. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    let escapes = at;
    while (escapes > from && text.charCodeAt(escapes - 1) === 0x5c) escapes -= 1;
    if ((at - escapes) % 2 === 0) return at;
  }
  return -1;
}
