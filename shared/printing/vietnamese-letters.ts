/** Every letter of Vietnamese in small: 12 vowels with 6 tones, đ, and the consonants. */
const TONES = ['', '\u0300', '\u0301', '\u0309', '\u0303', '\u0323'];

export const vietnameseLetters: readonly string[] = [
  ...[...'aăâeêioôơuưy'].flatMap((vowel) => TONES.map((tone) => (vowel + tone).normalize('NFC'))),
  ...'bcdđghklmnpqrstvx',
];
