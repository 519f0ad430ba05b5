/** Types into whatever field has the focus, as a real keyboard would: React hears of it, and the caret stands behind what was typed. */

export type Field = HTMLInputElement | HTMLTextAreaElement;

const typed = new Set(['text', 'tel', 'email', 'password', 'search', 'url', 'number']);

/** What the reader of cards puts there for itself is hidden, and no field of anybody's. */
export const isField = (element: Element | null): element is Field =>
  (element instanceof HTMLTextAreaElement || (element instanceof HTMLInputElement && typed.has(element.type))) &&
  !element.readOnly &&
  !element.disabled &&
  element.ariaHidden !== 'true';

/** `before` and `after` the caret; what was selected is gone. */
type Edit = (before: string, after: string) => { before: string; after: string };

export function editField(field: Field, edit: Edit): void {
  // Fields of some types (email) do not say where their caret is: it is then at the end.
  const [start, end] = [field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length];
  const { before, after } = edit(field.value.slice(0, start), field.value.slice(end));
  const value = before + after;
  if (field.maxLength >= 0 && value.length > field.maxLength && value.length > field.value.length) return;
  const prototype = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement.prototype : HTMLInputElement.prototype;
  Object.getOwnPropertyDescriptor(prototype, 'value')?.set?.call(field, value);
  field.dispatchEvent(new Event('input', { bubbles: true }));
  if (field.selectionStart !== null) field.setSelectionRange(before.length, before.length);
}

/** Backspace: what is selected, else the last character as the eye counts it. */
export function eraseIn(field: Field): void {
  const hasSelection = field.selectionStart !== null && field.selectionStart !== field.selectionEnd;
  editField(field, (before, after) => ({ before: hasSelection ? before : [...before].slice(0, -1).join(''), after }));
}

export function moveCaret(field: Field, by: -1 | 1): void {
  if (field.selectionStart === null) return;
  const to = Math.min(field.value.length, Math.max(0, field.selectionStart + by));
  field.setSelectionRange(to, to);
}
