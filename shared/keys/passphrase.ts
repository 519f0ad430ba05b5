/** Which recovery passphrases are taken: a PIN alone never unlocks the data. */

export const MIN_PASSPHRASE_LENGTH = 16;
export const MAX_PASSPHRASE_LENGTH = 200;

/** As it is typed on any keyboard: NFC, runs of white space made one. */
export const normalisePassphrase = (text: string): string => text.normalize('NFC').replace(/\s+/gu, ' ').trim();

/** Undefined for one that is taken. Digits only stay a PIN however many they are (dates, phone and ID numbers can be guessed). */
export function passphraseFault(text: string): 'passphrase-short' | 'passphrase-digits' | 'passphrase-repeats' | undefined {
  const passphrase = normalisePassphrase(text);
  if (/^[\d\s.-]*$/u.test(passphrase)) return 'passphrase-digits';
  if ([...passphrase].length < MIN_PASSPHRASE_LENGTH) return 'passphrase-short';
  return new Set(passphrase.toLowerCase()).size < 6 ? 'passphrase-repeats' : undefined;
}
