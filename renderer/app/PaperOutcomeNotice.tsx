/** What became of a paper that was printed or saved. */
import { useTranslation } from 'react-i18next';
import { Notice } from '../ui/Notice.tsx';
import { useFailureWords } from './useFailureWords.ts';
import type { PaperOutcome } from './usePaper.ts';

export function PaperOutcomeNotice({ outcome }: { outcome: PaperOutcome }) {
  const { t } = useTranslation('other-papers');
  const words = useFailureWords();
  if (outcome === null) return null;
  return 'failure' in outcome ? <Notice tone="danger" title={words(outcome.failure)} /> : <Notice tone="ok" title={t(`done.${outcome.to}`)} />;
}
