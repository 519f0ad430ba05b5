/** What every step of the lobby is made of: a question, large choices, one way on and one back. */
import { useEffect, useRef, type ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { classes } from '../ui/classes.ts';
import { Icon, type IconName } from '../ui/Icon.tsx';
import { useIsLate } from '../ui/Progress.tsx';
import styles from './lobby.module.css';

export function Question({ words, hint, onBack, next, children }: { words: string; hint?: string; onBack: () => void; next?: ReactNode; children: ReactNode }) {
  const { t } = useTranslation('lobby');
  const heading = useRef<HTMLHeadingElement>(null);
  // What had the focus is gone with the step before: a keyboard goes on here, and a screen reader says what is asked.
  useEffect(() => {
    if (document.activeElement === document.body) heading.current?.focus();
  }, []);
  return (
    <div className={styles.step}>
      <h1 ref={heading} tabIndex={-1} className={styles.question}>
        {words}
      </h1>
      {hint !== undefined && <p className={styles.hint}>{hint}</p>}
      {children}
      <div className={styles.ways}>
        <Button className={styles.back} onPress={onBack}>
          <Icon name="left" size={28} />
          {t('back')}
        </Button>
        {next}
      </div>
    </div>
  );
}

export const Choices = ({ children }: { children: ReactNode }) => <div className={styles.choices}>{children}</div>;

type ChoiceProps = { isMain?: boolean; isOn?: boolean; isDisabled?: boolean; autoFocus?: boolean; label?: string; onPress: () => void; children: ReactNode };

export function Choice({ isMain = false, isOn, isDisabled, autoFocus, label, onPress, children }: ChoiceProps) {
  return (
    <Button
      className={classes(styles.choice, isMain && styles.mainChoice)}
      aria-pressed={isOn}
      aria-label={label}
      isDisabled={isDisabled}
      autoFocus={autoFocus}
      onPress={onPress}
    >
      {children}
    </Button>
  );
}

/** The one way on, bottom right. */
export function Next({ onPress, isDisabled, children }: { onPress: () => void; isDisabled?: boolean; children: ReactNode }) {
  return (
    <Button className={styles.next} onPress={onPress} isDisabled={isDisabled}>
      {children}
      <Icon name="right" size={28} />
    </Button>
  );
}

type DoorProps = { icon: IconName; label: string; hint: string; onPress: () => void; isDisabled?: boolean; autoFocus?: boolean };

export function Door({ icon, label, hint, onPress, isDisabled, autoFocus }: DoorProps) {
  return (
    <Button className={styles.door} onPress={onPress} isDisabled={isDisabled} autoFocus={autoFocus}>
      <Icon name={icon} size={88} />
      <span className={styles.doorLabel}>{label}</span>
      <span className={styles.hint}>{hint}</span>
    </Button>
  );
}

/** Said only when it takes long enough to be noticed. */
export function Waiting({ words }: { words: string }) {
  return useIsLate() ? (
    <p className={styles.question} role="status">
      {words}
    </p>
  ) : null;
}

export function Ending({
  title,
  isBad = false,
  onEnd,
  label,
  children,
}: {
  title: string;
  isBad?: boolean;
  onEnd: () => void;
  label: string;
  children?: ReactNode;
}) {
  return (
    <div className={styles.done} role={isBad ? 'alert' : 'status'}>
      <h1 className={styles.question}>{title}</h1>
      {children}
      <Choice isMain autoFocus onPress={onEnd}>
        {label}
      </Choice>
    </div>
  );
}

const intoSight = (said: HTMLElement | null): void => said?.scrollIntoView({ block: 'nearest' });

/** What became of what was typed; below the fields, and in sight: on a low screen the keyboard leaves room for little else. */
export const Outcome = ({ children }: { children: ReactNode }) => <div ref={intoSight}>{children}</div>;
