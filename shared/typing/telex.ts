/** Vietnamese by Telex, for the on-screen keyboard: what stands before the caret and a key become what stands there next. */

/**
 * Where the tone of `oa`, `oe`, `uy` without a final consonant stands. `old` (hòa, thúy) is what nearly all typing software has
 * always written, hence most papers people bring; `new` (hoà, thuý) is the spelling of school books. Names are compared folded.
 */
export type ToneStyle = 'old' | 'new';

/** Combining marks of the five tones by their key; `z` takes a tone away. */
const toneOfKey: Readonly<Record<string, string>> = { f: '\u0300', s: '\u0301', x: '\u0303', r: '\u0309', j: '\u0323' };
const TONES = /[\u0300\u0301\u0303\u0309\u0323]/gu;

const nuclei = new Set(
  (
    'a ă â e ê i o ô ơ u ư y ai ao au ay âu ây eo êu ia iê iu oa oă oe oi oo ôi ơi ua uâ uê ui uô uơ uy ưa ưi ươ ưu yê ' +
    'iêu yêu oai oao oay oeo uao uai uay uây uôi ươi ươu uya uyê uyu'
  ).split(' '),
);
const withoutMarks = (letters: string): string => letters.normalize('NFD').replace(/\p{M}/gu, '');
/** As they stand while their marks are still to come. */
const bareNuclei = new Set([...nuclei].map(withoutMarks));
/** `k` and `l` end words of the Central Highlands (Đắk, Êđê names). */
const codas = new Set(['', 'c', 'ch', 'k', 'l', 'm', 'n', 'ng', 'nh', 'p', 't']);
const VOWELS = 'aăâeêioôơuưy';

/** What a doubled letter or `w` makes of a vowel. */
const circumflex: Readonly<Record<string, string>> = { a: 'â', ă: 'â', e: 'ê', o: 'ô', ơ: 'ô' };
const hornOrBreve: Readonly<Record<string, string>> = { a: 'ă', â: 'ă', o: 'ơ', ô: 'ơ', u: 'ư' };

/** A syllable in small letters without its tone; `capitals` and `tone` are put back when it is written. */
type Syllable = { onset: string; nucleus: string; coda: string; tone: string; capitals: readonly boolean[] };

/** Undefined for what is no syllable (yet): several vowel groups, a coda no word has, no vowel at all. */
function read(word: string): Syllable | undefined {
  const tone = word.normalize('NFD').match(TONES)?.[0] ?? '';
  const toneless = [...word].map((letter) => letter.normalize('NFD').replace(TONES, '').normalize('NFC'));
  const letters = toneless.join('').toLowerCase();
  const parts = new RegExp(`^(gi(?=[${VOWELS}])|qu(?=[${VOWELS}])|[^${VOWELS}]*)([${VOWELS}]+)([^${VOWELS}]*)$`, 'u').exec(letters);
  const [, onset = '', nucleus = '', coda = ''] = parts ?? [];
  if (parts === null || !bareNuclei.has(withoutMarks(nucleus)) || !codas.has(coda)) return undefined;
  return { onset, nucleus, coda, tone, capitals: toneless.map((letter) => letter !== letter.toLowerCase()) };
}

function write({ onset, nucleus, coda, tone, capitals }: Syllable, style: ToneStyle): string {
  const letters = [...onset, ...nucleus, ...coda];
  const at = onset.length + toneAt(nucleus, coda, style);
  return letters
    .map((letter, index) => (index === at ? `${letter}${tone}`.normalize('NFC') : letter))
    .map((letter, index) => (capitals[index] === true ? letter.toUpperCase() : letter))
    .join('');
}

function toneAt(nucleus: string, coda: string, style: ToneStyle): number {
  const marked = [...nucleus].findLastIndex((letter) => 'ăâêôơư'.includes(letter));
  if (marked >= 0) return marked;
  if (nucleus.length === 3) return 1;
  if (nucleus.length === 1) return 0;
  return coda !== '' || (style === 'new' && ['oa', 'oe', 'uy'].includes(nucleus)) ? 1 : 0;
}

/** `uơ` only ends a word (thuở, huơ); before anything else it is `ươ`. */
const settled = (syllable: Syllable): Syllable => {
  const isOpen = syllable.nucleus === 'uơ' && syllable.coda === '';
  return isOpen ? syllable : { ...syllable, nucleus: syllable.nucleus.replace('uơ', 'ươ') };
};

/** A letter as it is; a tone that is there already moves to where it then belongs. */
function append(word: string, key: string, style: ToneStyle): string {
  const longer = word + key;
  const syllable = read(longer);
  return syllable === undefined ? longer : write(settled(syllable), style);
}

/** The nucleus with a vowel marked, or undefined where that makes no Vietnamese word. */
function marked(nucleus: string, key: string, isLastOpen: boolean): string | undefined {
  if (key === 'w' && ['uo', 'uô', 'uoi', 'uôi', 'uou'].includes(nucleus)) return isLastOpen && nucleus === 'uo' ? 'uơ' : `ươ${nucleus.slice(2)}`;
  if (key !== 'w' && nucleus.startsWith('ươ') && key === 'o') return `uô${nucleus.slice(2)}`;
  const letters = [...nucleus];
  const table = key === 'w' ? hornOrBreve : circumflex;
  const candidates = letters.flatMap((letter, index) => {
    const made = table[letter];
    if (made === undefined || (key !== 'w' && withoutMarks(letter) !== key)) return [];
    return [letters.map((other, at) => (at === index ? made : other)).join('')];
  });
  return candidates.find((candidate) => nuclei.has(candidate));
}

const undoOf: Readonly<Record<string, RegExp>> = { a: /â/u, e: /ê/u, o: /ô/u, w: /[ăơư]/gu };

function typeMark(word: string, syllable: Syllable, key: string, typed: string, style: ToneStyle): string {
  const { nucleus, onset, coda } = syllable;
  // `huơ`, `thuở`, `khuơ`: the only words in which an open `uo` takes one horn.
  const next = marked(nucleus, key, coda === '' && ['h', 'th', 'kh'].includes(onset));
  if (next !== undefined) return write({ ...syllable, nucleus: next }, style);
  const undo = undoOf[key];
  if (undo === undefined || nucleus.search(undo) < 0) return append(word, typed, style);
  return write({ ...syllable, nucleus: nucleus.replace(undo, withoutMarks) }, style) + typed;
}

/**
 * One key of Telex. `before`: the text before the caret, NFC; only its last word changes. Doubling a key takes back what it did
 * and leaves the letter (`aa` â, `aaa` aa). Stateless on purpose: correct after backspaces and wherever the caret was put.
 * A lone `w` stays a w, and what is no Vietnamese syllable is left as typed.
 */
export function typeTelex(before: string, typed: string, style: ToneStyle = 'old'): string {
  const word = /[\p{L}\p{M}]*$/u.exec(before)?.[0] ?? '';
  const start = before.slice(0, before.length - word.length);
  return start + typeInWord(word, typed, style);
}

function typeInWord(word: string, typed: string, style: ToneStyle): string {
  const key = typed.toLowerCase();
  if (key === 'd') return typeD(word, typed, style);
  const syllable = read(word);
  if (syllable === undefined) return append(word, typed, style);
  const tone = toneOfKey[key];
  if (tone !== undefined) return tone === syllable.tone ? write({ ...syllable, tone: '' }, style) + typed : write({ ...syllable, tone }, style);
  if (key === 'z' && syllable.tone !== '') return write({ ...syllable, tone: '' }, style);
  return 'aeow'.includes(key) ? typeMark(word, syllable, key, typed, style) : append(word, typed, style);
}

/** `dd` at once or at the end of the word (`dangd`); a `d` that something else follows in the onset is left alone. */
function typeD(word: string, typed: string, style: ToneStyle): string {
  const onset = /^[^aăâeêioôơuưy]*/u.exec(withoutTone(word))?.[0] ?? '';
  const isWhole = onset === word.toLowerCase() || read(word) !== undefined;
  const first = word.slice(0, 1);
  if (!isWhole || (onset !== 'd' && onset !== 'đ')) return append(word, typed, style);
  const swapped = { d: 'đ', D: 'Đ', đ: 'd', Đ: 'D' }[first] ?? first;
  return onset === 'd' ? swapped + word.slice(1) : swapped + word.slice(1) + typed;
}

const withoutTone = (word: string): string => word.normalize('NFD').replace(TONES, '').normalize('NFC').toLowerCase();
