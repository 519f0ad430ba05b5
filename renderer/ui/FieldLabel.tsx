import { Label } from 'react-aria-components';
import styles from './Controls.module.css';

/** The star is for the eye; assistive technology hears "required" from the control itself. */
export function FieldLabel({ label, isRequired = false }: { label: string; isRequired?: boolean }) {
  return (
    <Label className={styles.label}>
      {label}
      {isRequired && (
        <span className={styles.required} aria-hidden="true">
          {' *'}
        </span>
      )}
    </Label>
  );
}
