/** Home of a postal counter: no queue of its own, so straight to the next dossier and to what was left unfinished. */
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { Page } from '../ui/Page.tsx';
import { Panel } from '../ui/Panel.tsx';
import { HandOver } from '../dossiers/HandOver.tsx';
import { Drafts } from './Drafts.tsx';

export function PostalHome({ onIntake }: { onIntake: () => void }) {
  const { t } = useTranslation('app');
  return (
    <Page title={t('postal.title')}>
      <Panel>
        <EmptyState
          icon="plus"
          title={t('postal.ready')}
          action={
            <Button variant="primary" isLarge shortcut="F2" autoFocus onPress={onIntake}>
              {t('rail.intake')}
            </Button>
          }
        >
          {t('postal.words')}
        </EmptyState>
      </Panel>
      <Drafts />
      <HandOver />
    </Page>
  );
}
