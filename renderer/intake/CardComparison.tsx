/** A card beside what was typed, where the two differ: the officer picks, field by field. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CccdField } from '../../shared/identity/cccd.ts';
import type { CardLine } from '../../shared/identity/compare-card.ts';
import { formatDate } from '../../shared/lib/time.ts';
import { Button } from '../ui/Button.tsx';
import { Checkbox } from '../ui/Choices.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Icon } from '../ui/Icon.tsx';
import { useShortcut } from '../ui/useShortcut.ts';
import styles from './CardComparison.module.css';

type Props = { lines: readonly CardLine[]; onTake: (fields: readonly CccdField[]) => void; onClose: () => void };

export function CardComparison(props: Props) {
  const { t } = useTranslation('identity');
  const differing = props.lines.filter(({ isSame }) => !isSame);
  const [taken, setTaken] = useState<ReadonlySet<CccdField>>(() => new Set(differing.map(({ field }) => field)));
  const toggle = (field: CccdField, isOn: boolean) => setTaken((before) => new Set(isOn ? [...before, field] : [...before].filter((other) => other !== field)));
  const words = (field: CccdField, value: string): string => {
    if (value === '') return '–';
    if (field === 'sex') return t(`sex.${value}`, { defaultValue: value });
    return (field === 'dateOfBirth' || field === 'idIssuedOn') && /^\d{4}-\d\d-\d\d$/u.test(value) ? formatDate(value) : value;
  };
  const take = () => props.onTake([...taken]);
  return (
    <Dialog
      title={t('compare.title')}
      isOpen
      onClose={props.onClose}
      size="large"
      role="alertdialog"
      actions={
        <>
          <Button onPress={props.onClose}>{t('compare.keep')}</Button>
          <Button variant="primary" shortcut="F9" onPress={take}>
            {t('compare.take', { count: taken.size })}
          </Button>
        </>
      }
    >
      <TakeKey onPress={take} />
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('compare.field')}</th>
            <th scope="col">{t('compare.typed')}</th>
            <th scope="col">{t('compare.card')}</th>
          </tr>
        </thead>
        <tbody>
          {props.lines.map(({ field, typed, card, isSame }) => (
            <tr key={field} data-field={field} className={isSame || typed === '' ? undefined : styles.differs}>
              <th scope="row">{t(`field.${field}`)}</th>
              <td>{words(field, typed)}</td>
              <td>
                {isSame ? (
                  <span className={styles.same}>
                    <Icon name="check" size={16} /> {words(field, card)}
                  </span>
                ) : (
                  <Checkbox isSelected={taken.has(field)} onChange={(isOn) => toggle(field, isOn)}>
                    {words(field, card)}
                  </Checkbox>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}

/** Bound inside the dialog's own layer of shortcuts. */
function TakeKey({ onPress }: { onPress: () => void }) {
  useShortcut('F9', onPress);
  return null;
}
