/** Text as it may stand on paper. */
import { tidy } from '../lib/fold.ts';

/**
 * Citizens' text is hostile: control bytes, and the invisible characters that turn the reading direction or hide
 * letters, never reach a paper.
 */
export const printable = (text: string): string =>
  tidy(text.replace(/\p{Cc}+/gu, ' ').replace(/[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF\uFFF9-\uFFFB]/gu, ''));
