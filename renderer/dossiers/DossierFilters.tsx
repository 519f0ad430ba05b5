/** Narrows the list by days of acceptance and by whether papers are owed. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { dossierStatuses } from '../db/database.ts';
import { Button } from '../ui/Button.tsx';
import { Select } from '../ui/Choices.tsx';
import { DateField } from '../ui/DateField.tsx';
import styles from './dossiers.module.css';
import { faultsOf, isFiltered, unfiltered, type ListFilter } from './list-filter.ts';

const statuses = ['all', ...dossierStatuses] as const;

export function DossierFilters({ filter, onChoose }: { filter: ListFilter; onChoose: (part: Partial<ListFilter>) => void }) {
  const { t } = useTranslation('dossiers');
  const [typing, setTyping] = useState<'from' | 'to' | null>(null);
  const faults = faultsOf(filter);
  const day = (which: 'from' | 'to') => {
    const fault = faults[which];
    return (
      <DateField
        label={t(`filter.${which}`)}
        placeholder={t('filter.dateHint')}
        value={filter[which]}
        onChange={(value) => onChoose({ [which]: value })}
        onFocus={() => setTyping(which)}
        onBlur={() => setTyping(null)}
        error={fault === undefined || typing === which ? undefined : t(`filter.fault.${fault}`)}
      />
    );
  };
  return (
    <div className={styles.filters} role="group" aria-label={t('filter.name')}>
      {day('from')}
      {day('to')}
      <Select
        label={t('filter.status.name')}
        options={statuses.map((value) => ({ value, label: t(`filter.status.${value}`) }))}
        value={filter.status}
        onChange={(status) => onChoose({ status })}
      />
      {isFiltered(filter) && (
        <div className={styles.dropFilters}>
          <Button onPress={() => onChoose(unfiltered)}>{t('filter.drop')}</Button>
        </div>
      )}
    </div>
  );
}
