/** The rows of the on-screen keyboard. One character is typed as it stands; words are commands. */

export type Command = 'shift' | 'erase' | 'space' | 'enter' | 'left' | 'right' | 'telex' | 'symbols' | 'letters' | 'hide';
export type Key = string;
export type Layout = 'letters' | 'symbols' | 'digits';

const rows = (...lines: string[]): Key[][] => lines.map((line) => line.split(' '));

export const layouts: Readonly<Record<Layout, readonly Key[][]>> = {
  letters: rows(
    '1 2 3 4 5 6 7 8 9 0',
    'q w e r t y u i o p',
    'a s d f g h j k l erase',
    'shift z x c v b n m , . -',
    'symbols telex left space right hide enter',
  ),
  symbols: rows(
    '1 2 3 4 5 6 7 8 9 0',
    '@ # % & * ( ) / \\ +',
    '; : _ = ! ? " \' | erase',
    '~ $ < > [ ] { } , . -',
    'letters telex left space right hide enter',
  ),
  digits: rows('1 2 3', '4 5 6', '7 8 9', 'hide 0 erase', '/ - enter'),
};

const commands: Readonly<Record<Command, true>> = {
  shift: true,
  erase: true,
  space: true,
  enter: true,
  left: true,
  right: true,
  telex: true,
  symbols: true,
  letters: true,
  hide: true,
};
export const isCommand = (key: Key): key is Command => key in commands;

/** Addresses and numbers are written with plain letters. */
export const typesVietnamese = ({ type, inputMode }: { type: string; inputMode: string }): boolean =>
  type === 'text' && !['email', 'url', 'numeric', 'tel', 'decimal'].includes(inputMode);

export const layoutFor = ({ inputMode }: { inputMode: string }): Layout => (['numeric', 'tel', 'decimal'].includes(inputMode) ? 'digits' : 'letters');
