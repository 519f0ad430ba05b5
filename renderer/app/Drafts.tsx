/** Intakes left unfinished, to go on with or to throw away. */
import { useLiveQuery } from 'dexie-react-hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Draft } from '../../shared/dossiers/draft.ts';
import { formatDateTime } from '../../shared/lib/time.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Panel } from '../ui/Panel.tsx';
import { isPristine } from '../intake/start-draft.ts';
import { useServices } from './services.tsx';
import { useRoute } from './shell-context.tsx';
import styles from './Drafts.module.css';

export function Drafts() {
  const { t } = useTranslation('app');
  const { drafts: repository, catalogue } = useServices();
  const { go } = useRoute();
  const drafts = useLiveQuery(async () => (await repository.list()).filter((draft) => !isPristine(draft)), [repository]);
  const [removing, setRemoving] = useState<Draft | null>(null);
  if (drafts === undefined || drafts.length === 0) return null;

  const procedureName = (draft: Draft): string => catalogue.procedures.find(({ code }) => code === draft.procedureCode)?.name ?? t('drafts.noProcedure');
  const personName = (draft: Draft): string => draft.applicant.fullName?.trim() || t('drafts.noName');

  return (
    <Panel title={t('drafts.title')} aside={<span className={styles.muted}>{t('drafts.count', { count: drafts.length })}</span>}>
      <ul className={styles.list}>
        {drafts.map((draft) => (
          <li key={draft.draftId} className={styles.row} data-testid="draft">
            <div className={styles.words}>
              <span className={styles.name}>
                {draft.ticketNumber !== undefined && <b className={styles.ticket}>{draft.ticketNumber}</b>}
                {personName(draft)}
              </span>
              <span className={styles.muted}>{procedureName(draft)}</span>
            </div>
            <span className={styles.muted}>{formatDateTime(draft.updatedAtMs)}</span>
            <Button aria-label={t('drafts.removeOf', { name: personName(draft) })} onPress={() => setRemoving(draft)}>
              {t('drafts.remove')}
            </Button>
            <Button onPress={() => go({ name: 'intake', draftId: draft.draftId })}>{t('drafts.continue')}</Button>
          </li>
        ))}
      </ul>
      {removing !== null && (
        <Dialog
          role="alertdialog"
          size="small"
          isOpen
          title={t('drafts.removeTitle')}
          onClose={() => setRemoving(null)}
          actions={
            <>
              <Button autoFocus onPress={() => setRemoving(null)}>
                {t('drafts.keep')}
              </Button>
              <Button
                variant="danger"
                onPress={() => {
                  void repository.remove(removing.draftId);
                  setRemoving(null);
                }}
              >
                {t('drafts.removeYes')}
              </Button>
            </>
          }
        >
          <p>{t('drafts.removeWords', { name: personName(removing), procedure: procedureName(removing) })}</p>
        </Dialog>
      )}
    </Panel>
  );
}
