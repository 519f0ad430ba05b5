/** NFC, trimmed, inner runs of white space made one: the form in which names are stored and shown. */
export const tidy = (text: string): string => text.normalize('NFC').replace(/\s+/gu, ' ').trim();

/**
 * Comparison form of Vietnamese text: no diacritics, `đ` → `d`, lower case.
 * "Hoà" and "Hòa" differ even in NFC, so text is compared folded, never raw.
 */
export const fold = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/[đĐ]/gu, 'd')
    .toLowerCase();
