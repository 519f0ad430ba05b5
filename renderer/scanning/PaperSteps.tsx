/** Which paper the next page belongs to, and the keys to the paper before and after. */
import { useTranslation } from 'react-i18next';
import { Button as AriaButton } from 'react-aria-components';
import { classes } from '../ui/classes.ts';
import { Icon } from '../ui/Icon.tsx';
import { Keycap } from '../ui/Keycap.tsx';
import { useShortcut } from '../ui/useShortcut.ts';
import { neighbour, type CaptureTarget } from './capture-target.ts';
import styles from './PaperSteps.module.css';

export function PaperSteps({ target }: { target: CaptureTarget }) {
  const { t } = useTranslation('scanning');
  useShortcut('PageDown', () => target.choose(neighbour(target, 1).requirementId));
  useShortcut('PageUp', () => target.choose(neighbour(target, -1).requirementId));
  return (
    <nav className={styles.steps} aria-label={t('papers')}>
      <ol className={styles.papers}>
        {target.papers.map(({ requirementId, name, pages }) => {
          const isCurrent = requirementId === target.current.requirementId;
          return (
            <li key={requirementId}>
              <AriaButton
                className={classes(styles.paper, isCurrent && styles.current)}
                aria-current={isCurrent ? 'step' : undefined}
                onPress={() => target.choose(requirementId)}
              >
                <span className={styles.mark}>{pages > 0 && <Icon name="check" size={16} />}</span>
                <span className={styles.name}>{name}</span>
                {pages > 0 && <span className={styles.count}>{t('pages', { count: pages })}</span>}
              </AriaButton>
            </li>
          );
        })}
      </ol>
      <p className={styles.keys}>
        <Keycap keys="PageDown" /> {t('next-paper')} <Keycap keys="PageUp" /> {t('previous-paper')}
      </p>
    </nav>
  );
}
