/** The keyboard on the screen: there while a field has the focus, never takes it, writes Vietnamese by Telex. */
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { unreachable } from '../../shared/lib/result.ts';
import { typeTelex } from '../../shared/typing/telex.ts';
import { usePreferences } from '../app/shell-context.tsx';
import { classes } from '../ui/classes.ts';
import { isCommand, layoutFor, layouts, typesVietnamese, type Command, type Key, type Layout } from './keyboard-layouts.ts';
import { editField, eraseIn, isField, moveCaret, type Field } from './type-into.ts';
import styles from './ScreenKeyboard.module.css';

/** Held down it erases on, as keys do. */
const REPEAT_AFTER_MS = 500;
const REPEAT_MS = 90;

const glyphs: Partial<Record<Command, string>> = { shift: '⇧', erase: '⌫', enter: '⏎', left: '◀', right: '▶', symbols: '#+=', letters: 'abc', hide: '▼' };

/** The field that is written into. While a finger is down nothing changes: a page that moves under it would lose the press. */
function useFocusedField(): [Field | null, (field: Field | null) => void] {
  const [field, setField] = useState<Field | null>(null);
  useEffect(() => {
    let isDown = false;
    const look = () => !isDown && setField(isField(document.activeElement) ? document.activeElement : null);
    const down = () => (isDown = true);
    const up = () => {
      isDown = false;
      // What is under the finger hears of it first.
      setTimeout(look);
    };
    const heard = { pointerdown: down, pointerup: up, pointercancel: up, focusin: look, focusout: look } as const;
    look();
    for (const [name, hear] of Object.entries(heard)) document.addEventListener(name, hear, true);
    return () => {
      for (const [name, hear] of Object.entries(heard)) document.removeEventListener(name, hear, true);
    };
  }, []);
  return [field, setField];
}

export function ScreenKeyboard() {
  const [field, setField] = useFocusedField();
  return field === null ? null : <Keys key={layoutFor(field)} field={field} onHide={() => setField(null)} />;
}

function Keys({ field, onHide }: { field: Field; onHide: () => void }) {
  const { t } = useTranslation('lobby');
  const { language } = usePreferences();
  const [layout, setLayout] = useState<Layout>(() => layoutFor(field));
  const [isShifted, setIsShifted] = useState(false);
  const [isTelex, setIsTelex] = useState(language === 'vi');
  const repeating = useRef<ReturnType<typeof setTimeout>>(undefined);
  const mayTelex = typesVietnamese(field);

  useEffect(() => {
    // The keyboard takes room from the page: the field must stay in sight.
    field.scrollIntoView({ block: 'center' });
  }, [field]);
  useEffect(() => () => clearTimeout(repeating.current), []);

  function write(key: string): void {
    const character = isShifted ? key.toUpperCase() : key;
    editField(field, (before, after) => ({ before: isTelex && mayTelex ? typeTelex(before, character) : before + character, after }));
    setIsShifted(false);
  }
  function command(name: Command): void {
    switch (name) {
      case 'shift':
        return setIsShifted(!isShifted);
      case 'erase':
        return eraseIn(field);
      case 'space':
        return editField(field, (before, after) => ({ before: `${before} `, after }));
      case 'enter':
        // As a real Enter, so that a field which goes on or asks does so; a text area gets its line.
        if (field instanceof HTMLTextAreaElement) return editField(field, (before, after) => ({ before: `${before}\n`, after }));
        field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', code: 'Enter', bubbles: true, cancelable: true }));
        return;
      case 'left':
        return moveCaret(field, -1);
      case 'right':
        return moveCaret(field, 1);
      case 'telex':
        return setIsTelex(!isTelex);
      case 'symbols':
      case 'letters':
        return setLayout(name);
      case 'hide':
        return onHide();
      default:
        return unreachable(name);
    }
  }
  const press = (key: Key) => (isCommand(key) ? command(key) : write(key));
  const release = () => clearTimeout(repeating.current);
  const hold = (key: Key) => {
    press(key);
    if (key !== 'erase') return;
    const again = () => {
      eraseIn(field);
      repeating.current = setTimeout(again, REPEAT_MS);
    };
    repeating.current = setTimeout(again, REPEAT_AFTER_MS);
  };
  const face = (key: Key): string => {
    if (!isCommand(key)) return isShifted ? key.toUpperCase() : key;
    if (key === 'telex') return isTelex ? 'VI' : 'EN';
    return key === 'space' ? t('keyboard.space') : (glyphs[key] ?? key);
  };

  return (
    <div className={classes(styles.keyboard, layout === 'digits' && styles.digits)} role="region" aria-label={t('keyboard.name')} data-testid="keyboard">
      {layouts[layout].map((row, index) => (
        <div key={index} className={styles.row}>
          {row
            .filter((key) => key !== 'telex' || mayTelex)
            .map((key) => (
              <button
                key={key}
                type="button"
                // A keyboard user has a keyboard; a screen reader still finds these by touch.
                tabIndex={-1}
                className={classes(styles.key, isCommand(key) && styles.command, key === 'space' && styles.space, key === 'enter' && styles.enter)}
                aria-label={isCommand(key) ? t(`keyboard.${key}`) : undefined}
                aria-pressed={key === 'shift' ? isShifted : key === 'telex' ? isTelex : undefined}
                onPointerDown={(event) => {
                  // The field keeps the focus, and its keyboard.
                  event.preventDefault();
                  if (event.isPrimary && event.button === 0) hold(key);
                }}
                onPointerUp={release}
                onPointerLeave={release}
                onPointerCancel={release}
                // What assistive technology presses comes as a click without a pointer.
                onClick={(event) => event.detail === 0 && press(key)}
              >
                {face(key)}
              </button>
            ))}
        </div>
      ))}
    </div>
  );
}
