import type { Ref } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, Input, SearchField as AriaSearchField } from 'react-aria-components';
import { Icon } from './Icon.tsx';
import styles from './SearchField.module.css';

/** A search box: Esc empties it, Enter takes the first answer. */
export function SearchField({
  label,
  placeholder,
  value,
  onChange,
  onSubmit,
  inputRef,
  autoFocus,
}: {
  label: string;
  placeholder?: string;
  value: string;
  onChange: (value: string) => void;
  onSubmit?: () => void;
  inputRef?: Ref<HTMLInputElement>;
  autoFocus?: boolean;
}) {
  const { t } = useTranslation('ui');
  return (
    <AriaSearchField className={styles.field} aria-label={label} value={value} onChange={onChange} onSubmit={onSubmit} autoFocus={autoFocus}>
      <Icon name="search" />
      <Input ref={inputRef} className={styles.input} placeholder={placeholder} spellCheck="false" autoComplete="off" />
      <Button className={styles.clear} aria-label={t('clear-search')}>
        <Icon name="close" size={18} />
      </Button>
    </AriaSearchField>
  );
}
