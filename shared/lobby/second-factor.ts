/** The second thing asked of who looks a dossier up: the end of a number of somebody who is named in it. */
import { SECOND_FACTOR_DIGITS } from './look-up.ts';

/** Of one code, right or not there at all: with four digits, one in two thousand a day. */
export const GUESSES_A_DAY = 5;

/** Whether one of the numbers (ID numbers, tax codes) ends so. One that is too short to hide the rest of it counts for none. */
export const isSecondFactor = (numbers: readonly string[], lastDigits: string): boolean =>
  numbers.map((number) => number.replace(/\D/gu, '')).some((digits) => digits.length >= 2 * SECOND_FACTOR_DIGITS && digits.endsWith(lastDigits));
