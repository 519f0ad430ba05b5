/** F1: the keys that work on this screen, and how the counter behaves when something is missing. */
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Keycap } from '../ui/Keycap.tsx';
import type { Command } from './CommandPalette.tsx';
import styles from './HelpDialog.module.css';

export function HelpDialog({ shortcuts, onClose }: { shortcuts: Command[]; onClose: () => void }) {
  const { t } = useTranslation('app');
  return (
    <Dialog
      title={t('help.title')}
      isOpen
      onClose={onClose}
      actions={
        <Button variant="primary" autoFocus onPress={onClose}>
          {t('help.close')}
        </Button>
      }
    >
      <dl className={styles.keys}>
        {shortcuts.map((shortcut) => (
          <div key={shortcut.id} className={styles.row}>
            <dt>
              <Keycap keys={shortcut.keys ?? ''} />
            </dt>
            <dd>{shortcut.label}</dd>
          </div>
        ))}
      </dl>
      <ul className={styles.words}>
        {(['offline', 'printer', 'drafts'] as const).map((topic) => (
          <li key={topic}>{t(`help.${topic}`)}</li>
        ))}
      </ul>
    </Dialog>
  );
}
