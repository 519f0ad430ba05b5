import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { periodSchema, type AskedPeriod } from '../../shared/supervisor/contract.ts';
import { DateField } from '../ui/DateField.tsx';
import styles from './supervisor.module.css';

/** Two dates; hands on only what is a period. `what` tells the fields of two panels apart for who hears them. */
export function PeriodFields({ what, period, onPeriod }: { what: string; period: AskedPeriod; onPeriod: (period: AskedPeriod) => void }) {
  const { t } = useTranslation('supervisor');
  const [typed, setTyped] = useState<{ from: string; to: string }>(period);
  const change = (next: { from: string; to: string }) => {
    setTyped(next);
    const parsed = periodSchema.safeParse(next).data;
    if (parsed !== undefined && (parsed.from !== period.from || parsed.to !== period.to)) onPeriod(parsed);
  };
  const isPeriod = periodSchema.safeParse(typed).success;
  return (
    <div className={styles.period} role="group" aria-label={what}>
      <DateField label={t('period.from')} value={typed.from} onChange={(from = '') => change({ ...typed, from })} />
      <DateField label={t('period.to')} value={typed.to} onChange={(to = '') => change({ ...typed, to })} error={isPeriod ? undefined : t('period.wrong')} />
    </div>
  );
}
