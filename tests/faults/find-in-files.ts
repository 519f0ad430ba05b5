/** Looks for strings in the raw bytes of files, in every form in which a program might have written them. */
import { openSync, closeSync, lstatSync, readSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export type Hit = { word: string; form: string; file: string; offset: number };

const WINDOW_BYTES = 8 * 1024 * 1024;

/** Base64 knows three positions of a word within the text around it; what all of them share is the middle. */
const base64Forms = (word: Buffer): Buffer[] =>
  [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), word])
      .toString('base64')
      .replace(/=+$/u, '');
    const whole = Math.floor(((shift + word.length) * 8) / 6);
    return Buffer.from(text.slice(Math.ceil((shift * 8) / 6), whole), 'latin1');
  });

/** As bytes: UTF-8 composed and decomposed, UTF-16 both ways, base64, hex, JSON and URL escapes. */
function formsOf(word: string): Map<string, Buffer> {
  const utf8 = Buffer.from(word, 'utf8');
  const utf16 = Buffer.from(word, 'utf16le');
  const escaped = [...word].map((letter) => (letter.charCodeAt(0) < 128 ? letter : `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)).join('');
  const forms: Array<[string, Buffer]> = [
    ['UTF-8', utf8],
    ['UTF-8 decomposed', Buffer.from(word.normalize('NFD'), 'utf8')],
    ['UTF-16LE', utf16],
    ['UTF-16BE', Buffer.from(utf16).swap16()],
    ...base64Forms(utf8).map((form, shift): [string, Buffer] => [`base64 ${shift}`, form]),
    ...base64Forms(utf16).map((form, shift): [string, Buffer] => [`base64 of UTF-16 ${shift}`, form]),
    ['hex', Buffer.from(utf8.toString('hex'))],
    ['HEX', Buffer.from(utf8.toString('hex').toUpperCase())],
    ['JSON escapes', Buffer.from(escaped)],
    ['URL', Buffer.from(encodeURIComponent(word))],
  ];
  const seen = new Set<string>();
  // A form that is the same bytes as an earlier one is looked for once.
  return new Map(forms.filter(([, bytes]) => !seen.has(bytes.toString('latin1')) && seen.add(bytes.toString('latin1'))));
}

type Needle = { word: string; form: string; bytes: Buffer };

const PREFIX_BYTES = 3;
const prefixAt = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);

/** Each word once a file and form. */
export function findInFiles(paths: readonly string[], words: readonly string[]): Hit[] {
  const needles = words.flatMap((word) => [...formsOf(word)].map(([form, bytes]): Needle => ({ word, form, bytes })));
  const byPrefix = new Map<number, Needle[]>();
  // Nearly every place in a file is passed over by one look-up in this table.
  const isPrefix = new Uint8Array(2 ** (8 * PREFIX_BYTES));
  for (const needle of needles) {
    if (needle.bytes.length < PREFIX_BYTES) throw new Error(`"${needle.word}" is too short to look for`);
    const prefix = prefixAt(needle.bytes, 0);
    isPrefix[prefix] = 1;
    byPrefix.set(prefix, [...(byPrefix.get(prefix) ?? []), needle]);
  }
  const longest = Math.max(...needles.map(({ bytes }) => bytes.length));
  const hits = new Map<string, Hit>();
  const note = ({ word, form }: Needle, file: string, offset: number): void => {
    const key = `${word} ${form} ${file}`;
    if (!hits.has(key)) hits.set(key, { word, form, file, offset });
  };

  const lookAt = (window: Buffer, file: string, start: number): void => {
    for (let at = 0; at + PREFIX_BYTES <= window.length; at++) {
      const prefix = prefixAt(window, at);
      if (isPrefix[prefix] === 0) continue;
      for (const needle of byPrefix.get(prefix) ?? []) {
        if (window.subarray(at, at + needle.bytes.length).equals(needle.bytes)) note(needle, file, start + at);
      }
    }
  };

  for (const file of paths.flatMap(filesAt)) {
    // A name may tell as much as what is in the file.
    lookAt(Buffer.from(file), file, 0);
    const fd = openSync(file, 'r');
    try {
      const buffer = Buffer.alloc(WINDOW_BYTES + longest);
      for (let start = 0; ; start += WINDOW_BYTES) {
        const read = readSync(fd, buffer, 0, buffer.length, start);
        lookAt(buffer.subarray(0, read), file, start);
        if (read < buffer.length) break;
      }
    } finally {
      closeSync(fd);
    }
  }
  return [...hits.values()];
}

export function filesAt(path: string): string[] {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (stat.isFile()) return [path];
  return stat.isDirectory() ? readdirSync(path).flatMap((name) => filesAt(join(path, name))) : [];
}
