/** Finds a procedure as the officer types: by name without diacritics, by code, by everyday words, with typos. */
import { useEffect, useMemo, useState } from 'react';
import { Button, ComboBox, Input, Label, ListBox, ListBoxItem, Popover, Text } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { Catalogue, Procedure, TimeLimit } from '../../shared/catalogue/catalogue.ts';
import { Icon } from '../ui/Icon.tsx';
import { searchOf } from './search-of.ts';
import styles from './ProcedurePicker.module.css';

const SHOWN = 12;

/**
 * While the list is open the rest of the page would be hidden from assistive technology but stay reachable by Tab, which is worse
 * than either; what is marked so is left alone. Not for longer: a modal must hide the page.
 */
const keepPageReadable = (isOpen: boolean): void => {
  document.getElementById('root')?.toggleAttribute('data-react-aria-top-layer', isOpen);
};

/** The time limit in a few words, of the rule that holds in general or the first one. */
export function useLimitWords(): (limits: readonly TimeLimit[]) => string {
  const { t } = useTranslation('intake');
  return (limits) => {
    const words = (limit: TimeLimit): string => {
      const duration = limit.upTo ?? limit.limit;
      if (duration === null) return t('limit.by-project');
      return duration.amount === 0 ? t('limit.same-day') : t(`limit.${duration.unit}`, { count: duration.amount });
    };
    const all = [...new Set(limits.map(words))];
    return all.length > 1 ? t('limit.by-case', { first: all[0] }) : (all[0] ?? '');
  };
}

export function ProcedurePicker({
  catalogue,
  value,
  onChoose,
  id,
  error,
  autoFocus,
}: {
  catalogue: Catalogue;
  value: Procedure | undefined;
  onChoose: (procedure: Procedure) => void;
  id?: string;
  error?: string;
  autoFocus?: boolean;
}) {
  const { t } = useTranslation('intake');
  const limitWords = useLimitWords();
  const [text, setText] = useState(value?.name ?? '');
  const [isAsked, setIsAsked] = useState(false);
  // The list stands in the page's main part, where it is read with what it belongs to.
  const [main, setMain] = useState<Element>();
  useEffect(() => () => keepPageReadable(false), []);
  const fieldNames = useMemo(() => new Map(catalogue.fields.map((field) => [field.id, field.name])), [catalogue]);

  const query = value !== undefined && text === value.name ? '' : text.trim();
  const found = useMemo((): Procedure[] => {
    if (!isAsked) return [];
    if (query === '') return catalogue.procedures.slice(0, SHOWN);
    return searchOf(catalogue)
      .search(query, SHOWN)
      .map((hit) => hit.procedure);
  }, [catalogue, query, isAsked]);

  return (
    <ComboBox
      className={styles.picker}
      items={found}
      inputValue={text}
      onInputChange={(typed) => {
        setIsAsked(true);
        setText(typed);
      }}
      selectedKey={value?.code ?? null}
      onSelectionChange={(key) => {
        const chosen = catalogue.procedures.find(({ code }) => code === key);
        if (chosen === undefined) return setText(value?.name ?? text);
        setText(chosen.name);
        onChoose(chosen);
      }}
      onFocus={(event) => {
        setIsAsked(true);
        setMain(event.target.closest('main') ?? undefined);
      }}
      onOpenChange={keepPageReadable}
      onBlur={() => value !== undefined && setText(value.name)}
      defaultFilter={() => true}
      menuTrigger="input"
      allowsEmptyCollection
      isInvalid={error !== undefined}
      autoFocus={autoFocus}
    >
      <Label className={styles.label}>{t('procedure.search')}</Label>
      <div
        className={styles.box}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || !(event.target instanceof Element) || event.target.getAttribute('aria-expanded') !== 'true') return;
          // Esc closes an open list; only the next one is a step back. Text that names no procedure would open it again.
          event.preventDefault();
          setText(value?.name ?? '');
        }}
      >
        <span className={styles.icon}>
          <Icon name="search" />
        </span>
        <Input className={styles.input} id={id} placeholder={t('procedure.placeholder')} spellCheck="false" onFocus={(event) => event.currentTarget.select()} />
        <Button className={styles.open} aria-label={t('procedure.open')}>
          <Icon name="down" size={18} />
        </Button>
      </div>
      {error !== undefined && <p className={styles.error}>{error}</p>}
      <Popover className={styles.popover} offset={4} UNSTABLE_portalContainer={main}>
        <ListBox<Procedure>
          className={styles.list}
          aria-label={t('procedure.found')}
          renderEmptyState={() => <p className={styles.nothing}>{t('procedure.nothing', { text: query })}</p>}
        >
          {(procedure) => (
            <ListBoxItem id={procedure.code} textValue={procedure.name} className={styles.hit}>
              <Text slot="label" className={styles.name}>
                {procedure.name}
              </Text>
              <Text slot="description" className={styles.about}>
                {[procedure.code, fieldNames.get(procedure.field) ?? procedure.field, t(`level.${procedure.level}`), limitWords(procedure.timeLimits)].map(
                  (part) => (
                    <span key={part}>{part}</span>
                  ),
                )}
              </Text>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
