/** Hears a keyboard-wedge scanner wherever the focus is, and gives the focused field back what it held before. */
import { useEffect, useRef } from 'react';
import { looksLikeCccd } from '../../shared/identity/cccd.ts';
import { createWedgeDetector } from '../../shared/identity/wedge.ts';

type Field = HTMLInputElement | HTMLTextAreaElement;

const isField = (element: Element | null): element is Field =>
  element instanceof HTMLTextAreaElement || (element instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'file', 'range'].includes(element.type));

/** Sets a field as if it had been typed, so that React hears of it. */
function restore(field: Field, value: string): void {
  const prototype = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement.prototype : HTMLInputElement.prototype;
  Object.getOwnPropertyDescriptor(prototype, 'value')?.set?.call(field, value);
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

/** Slow scanners and busy machines stretch a burst; that it is a card is judged by its text, not by its speed alone. */
const MAX_GAP_MS = 250;
/** After this long without a key a burst is over, whether it was a card or not. */
const IDLE_MS = 300;

/**
 * `onCard` gets the text of the code and the element that had the focus when it began.
 * Characters that come without a key (some scanners send Vietnamese letters as pasted text) are heard too.
 */
export function useCardReader(onCard: (text: string, focused: Element | null) => void): void {
  const latest = useRef(onCard);
  useEffect(() => {
    latest.current = onCard;
  });
  useEffect(() => {
    const detector = createWedgeDetector({ maxGapMs: MAX_GAP_MS, minLength: 30 });
    // Text sent without keys only arrives where it can be typed: while nothing is focused, the burst is caught here.
    const net = document.createElement('input');
    net.setAttribute('aria-hidden', 'true');
    net.tabIndex = -1;
    Object.assign(net.style, { position: 'fixed', top: '0', left: '0', width: '1px', height: '1px', opacity: '0', pointerEvents: 'none' });
    document.body.append(net);

    let began: { focused: Element | null; field: Field | null; value: string } = { focused: null, field: null, value: '' };
    let keyed: string | null = null;
    let idle: ReturnType<typeof setTimeout> | undefined;

    const releaseNet = () => {
      net.value = '';
      if (document.activeElement !== net) return;
      net.blur();
      if (began.focused instanceof HTMLElement) began.focused.focus({ preventScroll: true });
    };
    const begin = (key: string) => {
      const focused = document.activeElement;
      if (focused === net) return;
      began = { focused, field: isField(focused) ? focused : null, value: isField(focused) ? focused.value : '' };
      if (began.field === null && /^\d$/u.test(key) && focused?.closest('[role="listbox"], [role="dialog"]') == null) net.focus({ preventScroll: true });
    };
    /** True when the key ends a card: nobody else may have it. */
    const hear = (key: string, atMs: number): boolean => {
      const heard = detector.feed(key, atMs);
      if (heard.kind === 'may-begin') begin(key);
      clearTimeout(idle);
      if (heard.kind !== 'scan' || !looksLikeCccd(heard.text)) {
        idle = setTimeout(releaseNet, IDLE_MS);
        return false;
      }
      releaseNet();
      if (began.field !== null) restore(began.field, began.value);
      latest.current(heard.text, began.focused);
      return true;
    };

    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
      keyed = event.key.length === 1 ? event.key : null;
      if (!hear(event.key, event.timeStamp)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    const onBeforeInput = (event: InputEvent) => {
      const { data } = event;
      if (data === null || !event.inputType.startsWith('insertText') || data === keyed) {
        keyed = null;
        return;
      }
      for (const character of data) hear(character, event.timeStamp);
    };
    window.addEventListener('keydown', onKeyDown, true);
    window.addEventListener('beforeinput', onBeforeInput, true);
    return () => {
      window.removeEventListener('keydown', onKeyDown, true);
      window.removeEventListener('beforeinput', onBeforeInput, true);
      clearTimeout(idle);
      net.remove();
    };
  }, []);
}
