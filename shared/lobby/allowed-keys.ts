/** Which keys a citizen's keyboard, real or pretended by a reader, may reach the lobby's page with: those that write and move, nothing that commands. */
const moving = new Set([
  'Enter',
  'Tab',
  'Backspace',
  'Delete',
  'Escape',
  'ArrowLeft',
  'ArrowRight',
  'ArrowUp',
  'ArrowDown',
  'Home',
  'End',
  'PageUp',
  'PageDown',
]);
/** What only changes other keys. Ctrl, Alt and Meta are among them: alone they do nothing, and with another key that key is refused. */
const modifying = new Set(['Shift', 'CapsLock', 'NumLock', 'AltGraph', 'Control', 'Alt', 'Meta']);

/** `key` and `code` of UI Events, as the shell and the page both have them. */
type Pressed = { key: string; code: string; control: boolean; alt: boolean; meta: boolean; shift: boolean };

/** The one command that is let through: it asks for the supervisor's PIN. */
export const asksToLeave = ({ code, control, alt, meta, shift }: Pressed): boolean => code === 'KeyL' && control && alt && shift && !meta;

/** A list of what is allowed: what a later Chromium makes of a key that is not in it does not matter. */
export function isAllowedInLobby({ key, code, control, alt, meta }: Pressed): boolean {
  if (modifying.has(key)) return true;
  // Windows tells AltGr, with which letters are written, as Ctrl+Alt; readers may type letters as Alt with digits of the keypad.
  const isCharacter = [...key].length === 1 || key === 'Dead' || key === 'Process';
  if (alt && !control && !meta) return /^Numpad\d$/u.test(code);
  if (control || meta || alt) return false;
  return isCharacter || key === 'Unidentified' || moving.has(key);
}
