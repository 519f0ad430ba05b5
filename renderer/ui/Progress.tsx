import { useEffect, useState } from 'react';
import { ProgressBar } from 'react-aria-components';
import styles from './Progress.module.css';

/** True once `delayMs` have passed; nothing that is done sooner may flicker. */
export function useIsLate(delayMs = 300): boolean {
  const [isLate, setIsLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsLate(true), delayMs);
    return () => clearTimeout(timer);
  }, [delayMs]);
  return isLate;
}

/** How far work is; without `value` (0–1) it only says that work goes on. */
export function Progress({ label, value }: { label: string; value?: number }) {
  return (
    <ProgressBar className={styles.progress} aria-label={label} value={(value ?? 0) * 100} isIndeterminate={value === undefined}>
      <span className={styles.label}>{label}</span>
      <span className={styles.track}>
        <span className={value === undefined ? styles.moving : styles.bar} style={{ transform: value === undefined ? undefined : `scaleX(${value})` }} />
      </span>
    </ProgressBar>
  );
}
