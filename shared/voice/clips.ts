/** Which clips a voice consists of: one file each, `<language>/<clip>.ogg`, in the app and in a folder of an office's own recordings. */

export const voiceLanguages = ['vi', 'en'] as const;
export type VoiceLanguage = (typeof voiceLanguages)[number];

const DIGITS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;
const LETTERS = [...'abcdefghijklmnopqrstuvwxyz'];
/** `call`: before the number. `again`: before a repeated call. `to-counter`: before the counter's number. `see-board`: for a counter without one. */
const PHRASES = ['call', 'again', 'to-counter', 'see-board'];

/** Vietnamese says 21 as "hai mươi mốt", 15 as "mười lăm": besides the digits only four words. */
const VIETNAMESE_NUMBERS = ['10', 'tens', 'one-after-tens', 'five-after-tens'];
const ENGLISH_NUMBERS = ['10', '11', '12', '13', '14', '15', '16', '17', '18', '19', '20', '30', '40', '50', '60', '70', '80', '90'];

export const clipNames: Readonly<Record<VoiceLanguage, readonly string[]>> = {
  vi: [...PHRASES, ...LETTERS, ...DIGITS, ...VIETNAMESE_NUMBERS],
  en: [...PHRASES, ...LETTERS, ...DIGITS, ...ENGLISH_NUMBERS],
};

/** A clip's name with its folder, e.g. `vi/call`; `chime` belongs to no language. */
export type ClipId = 'chime' | `${VoiceLanguage}/${string}`;

export const clipsOf = (languages: readonly VoiceLanguage[]): ClipId[] => [
  'chime',
  ...languages.flatMap((language) => clipNames[language].map((name): ClipId => `${language}/${name}`)),
];

const known = new Set<string>(clipsOf(voiceLanguages));
export const isClipId = (text: string): text is ClipId => known.has(text);
