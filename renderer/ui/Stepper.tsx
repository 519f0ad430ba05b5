import { useTranslation } from 'react-i18next';
import { Button, Group, Input, Label, NumberField } from 'react-aria-components';
import styles from './Stepper.module.css';

/** A small whole number, typed or stepped. An empty field is the smallest allowed. */
export function Stepper({
  label,
  value,
  onChange,
  min = 0,
  max,
  id,
}: {
  label: string;
  value: number;
  onChange: (value: number) => void;
  min?: number;
  max: number;
  id?: string;
}) {
  const { t } = useTranslation('ui');
  return (
    <NumberField
      id={id}
      className={styles.field}
      value={value}
      minValue={min}
      maxValue={max}
      step={1}
      formatOptions={{ useGrouping: false, maximumFractionDigits: 0 }}
      onChange={(typed) => onChange(Number.isNaN(typed) ? min : Math.round(typed))}
    >
      <Label className={styles.label}>{label}</Label>
      <Group className={styles.group}>
        <Button slot="decrement" className={styles.step} aria-label={t('decrease', { label })}>
          −
        </Button>
        <Input className={styles.input} aria-roledescription={t('number')} />
        <Button slot="increment" className={styles.step} aria-label={t('increase', { label })}>
          +
        </Button>
      </Group>
    </NumberField>
  );
}
