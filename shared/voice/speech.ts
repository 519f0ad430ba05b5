/** What is said for a call, clip by clip. */
import { unreachable } from '../lib/result.ts';
import type { ClipId, VoiceLanguage } from './clips.ts';

/** `number` as on the ticket (`A012`), `counter` as the office names it (`3`, `3A`, `Quầy 12`). */
export type Call = { ticketId: string; number: string; counter: string; isAgain: boolean };

/** One clip and the silence after it, in milliseconds. */
export type Spoken = { clip: ClipId; pauseMs: number };

const AFTER_SIGN_MS = 90;
const AFTER_PHRASE_MS = 160;
const BETWEEN_LANGUAGES_MS = 550;

/** First the chime, then the call in each language. Empty without a language: a silent board. */
export function speechOf(call: Call, languages: readonly VoiceLanguage[]): Spoken[] {
  if (languages.length === 0) return [];
  return [{ clip: 'chime', pauseMs: 100 }, ...languages.flatMap((language) => sentence(call, language))];
}

function sentence({ number, counter, isAgain }: Call, language: VoiceLanguage): Spoken[] {
  const say = (names: readonly string[], pauseMs: number): Spoken[] =>
    names.map((name, index) => ({ clip: `${language}/${name}`, pauseMs: index === names.length - 1 ? AFTER_PHRASE_MS : pauseMs }));
  const where = counterNames(counter, language);
  const spoken = [
    ...(isAgain ? say(['again'], 0) : []),
    ...say(['call'], 0),
    ...say(signs(number), AFTER_SIGN_MS),
    ...(where.length === 0 ? say(['see-board'], 0) : [...say(['to-counter'], 0), ...say(where, 0)]),
  ];
  return spoken.map((part, index) => (index === spoken.length - 1 ? { ...part, pauseMs: BETWEEN_LANGUAGES_MS } : part));
}

/** Each letter and digit alone, as numbers are read out in a hall; what has no clip (a hyphen) is passed over. */
const signs = (text: string): string[] => [...text.toLowerCase()].filter((sign) => /^[a-z0-9]$/u.test(sign));

/** A counter's number as a number (twelve, not one-two) and its single letters; words (`Quầy`) are on the board. */
function counterNames(counter: string, language: VoiceLanguage): string[] {
  const parts = counter.match(/\d+|(?<!\p{L})[a-z](?!\p{L})/giu) ?? [];
  return parts.flatMap((part) => (/^\d/u.test(part) ? numberNames(part, language) : [part.toLowerCase()]));
}

function numberNames(digits: string, language: VoiceLanguage): string[] {
  const value = Number(digits);
  // "Quầy 05" is said as it is written, and so is what no office has a hundred of.
  if (digits.startsWith('0') || value > 99) return [...digits];
  switch (language) {
    case 'vi':
      return vietnameseNumber(value);
    case 'en':
      return englishNumber(value);
    default:
      return unreachable(language);
  }
}

function vietnameseNumber(value: number): string[] {
  const [tens, unit] = [Math.floor(value / 10), value % 10];
  if (tens === 0) return [String(unit)];
  const said = unit === 5 ? ['five-after-tens'] : unit === 1 && tens > 1 ? ['one-after-tens'] : unit === 0 ? [] : [String(unit)];
  return tens === 1 ? ['10', ...said] : [String(tens), 'tens', ...said];
}

function englishNumber(value: number): string[] {
  if (value < 20 || value % 10 === 0) return [String(value)];
  return [String(value - (value % 10)), String(value % 10)];
}
