/** Ctrl+K: everything that can be done from here, found by typing any part of its name without diacritics. */
import { Autocomplete, Input, ListBox, ListBoxItem, SearchField } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { fold } from '../../shared/lib/fold.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Keycap } from '../ui/Keycap.tsx';
import styles from './CommandPalette.module.css';

export type Command = { id: string; label: string; keys?: string; run: () => void };

export function CommandPalette({ commands, onClose }: { commands: Command[]; onClose: () => void }) {
  const { t } = useTranslation('app');
  const run = (id: string) => {
    onClose();
    commands.find((command) => command.id === id)?.run();
  };
  return (
    <Dialog title={t('palette.title')} isOpen onClose={onClose}>
      <Autocomplete filter={(text, typed) => fold(text).includes(fold(typed))}>
        <SearchField className={styles.search} aria-label={t('palette.search')} autoFocus>
          <Input className={styles.input} placeholder={t('palette.search')} />
        </SearchField>
        <ListBox
          className={styles.list}
          aria-label={t('palette.title')}
          items={commands}
          selectionMode="none"
          onAction={(id) => run(String(id))}
          renderEmptyState={() => <p className={styles.empty}>{t('palette.none')}</p>}
        >
          {(command) => (
            <ListBoxItem id={command.id} textValue={command.label} className={styles.item}>
              <span>{command.label}</span>
              {command.keys !== undefined && <Keycap keys={command.keys} />}
            </ListBoxItem>
          )}
        </ListBox>
      </Autocomplete>
    </Dialog>
  );
}
