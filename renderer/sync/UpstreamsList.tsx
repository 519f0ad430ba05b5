/** The specialised systems behind the province: working, slow or down since when, and how many dossiers of this office wait. */
import { useTranslation } from 'react-i18next';
import { useNow, useUpstreams } from '../app/shell-context.tsx';
import { healthLook, sinceWords, upstreamName } from '../app/upstream-words.ts';
import { Chip } from '../ui/Chip.tsx';
import styles from './sync.module.css';

export function UpstreamsList() {
  const { t, i18n } = useTranslation('upstreams');
  const state = useUpstreams();
  const nowMs = useNow(30_000);
  if (state === null || state.asOfMs === null || state.upstreams.length === 0) return null;
  return (
    <section data-testid="upstreams">
      <h3>{t('title')}</h3>
      <p className={styles.muted}>{t('words')}</p>
      <ul className={styles.list}>
        {state.upstreams.map(({ name, status, sinceMs, waiting, stopped }) => (
          <li key={name} className={styles.upstream}>
            <span>{upstreamName(name, t, i18n.exists)}</span>
            <span className={styles.upstreamState}>
              {waiting > 0 && <span className={styles.muted}>{t('waiting', { count: waiting })}</span>}
              {stopped > 0 && <Chip tone="danger">{t('stopped', { count: stopped })}</Chip>}
              <Chip {...healthLook[status]}>{t(`status.${status}`, { time: sinceWords(sinceMs, nowMs) })}</Chip>
            </span>
          </li>
        ))}
      </ul>
      <p className={styles.muted}>{t('asOf', { time: sinceWords(state.asOfMs, nowMs) })}</p>
    </section>
  );
}
