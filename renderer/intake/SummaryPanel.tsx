/** Beside the page and always true: who, what, when, how much, what is missing, and the one primary action. */
import { useTranslation } from 'react-i18next';
import type { Problem } from '../../shared/dossiers/intake-from-draft.ts';
import { useServices } from '../app/services.tsx';
import { useFailureWords } from '../app/useFailureWords.ts';
import { Button } from '../ui/Button.tsx';
import { Notice } from '../ui/Notice.tsx';
import { useDueDay, useRuleWords } from './DueWords.tsx';
import { FeeTable } from './FeeTable.tsx';
import { goToField } from './go-to-field.ts';
import { useCalmReview, useDraft, useIntake, useProblemWords } from './intake-context.tsx';
import styles from './SummaryPanel.module.css';

export function SummaryPanel({ onAccept }: { onAccept: () => void }) {
  const { t } = useTranslation('intake');
  const { clock } = useServices();
  const { procedure, resolved, due, fees, problems } = useCalmReview('procedure', 'resolved', 'due', 'fees', 'problems');
  const draft = useDraft('papers', 'applicant', 'areaClass');
  const outcome = useIntake((state) => state.outcome);
  const showsAll = useIntake((state) => state.showsAllProblems);
  const dueDay = useDueDay();
  const ruleWords = useRuleWords();
  const problemWords = useProblemWords();
  const failureWords = useFailureWords();
  const owed = draft.papers.filter(({ state }) => state === 'owed').length;
  // Before the case is chosen, that no fee applies yet does not mean that none will.
  const isUndecided = problems.some(({ field }) => field === 'caseId' || field === 'feeInputs.objectId');
  const day = due == null ? undefined : dueDay(due.dueAtMs, clock());

  return (
    <aside className={styles.panel} aria-label={t('summary.title')}>
      <div className={styles.content}>
        <h2 className={styles.title}>{t('summary.title')}</h2>
        <div className={styles.block}>
          <p className={procedure === undefined ? styles.empty : styles.strong}>{procedure?.name ?? t('summary.no-procedure')}</p>
          <p className={draft.applicant['fullName'] === undefined ? styles.empty : undefined}>{draft.applicant['fullName'] ?? t('summary.no-applicant')}</p>
        </div>
        <div className={styles.block}>
          <h3>{t('summary.due')}</h3>
          {day === undefined ? (
            <p className={styles.empty}>{procedure === undefined ? '—' : due === null ? t('due.by-project') : t('due.choose-case')}</p>
          ) : (
            <p className={styles.due}>
              <strong>{day.time}</strong> {day.day}
            </p>
          )}
          {due != null && <p className={styles.rule}>{ruleWords(due.rule).join(' · ')}</p>}
          {due?.beyondCalendar === true && <p className={styles.caution}>{t('due.beyond-calendar')}</p>}
          {draft.areaClass !== undefined && resolved?.timeLimit?.mayBeLongerIn?.includes(draft.areaClass) === true && (
            <p className={styles.caution}>{t('due.may-be-longer')}</p>
          )}
        </div>
        <div className={styles.block}>
          <h3>{t('summary.fees')}</h3>
          {procedure === undefined || fees === undefined ? (
            <p className={styles.empty}>—</p>
          ) : isUndecided && fees.lines.length === 0 ? (
            <p className={styles.empty}>{t('due.choose-case')}</p>
          ) : fees.lines.length > 0 ? (
            <FeeTable lines={fees.lines} />
          ) : fees.toEnter.length === 0 ? (
            <p className={procedure.feesStated === false ? styles.caution : undefined}>
              {procedure.feesStated === false ? t('fees.not-stated') : t('fees.none')}
            </p>
          ) : null}
          {fees?.toEnter.map(({ rule }) => (
            <p key={rule.id} className={styles.caution}>
              {t('fees.to-enter', { name: rule.name })}
            </p>
          ))}
        </div>
        {owed > 0 && <p className={styles.caution}>{t('summary.owed', { count: owed })}</p>}
        {problems.length > 0 ? (
          <div className={styles.block} data-urgent={showsAll || undefined} role={showsAll ? 'alert' : undefined}>
            <h3>{t('summary.left', { count: problems.length })}</h3>
            <ul className={styles.problems}>
              {showsAll
                ? problems.map((problem) => {
                    const { where, what } = problemWords(problem);
                    return <ProblemLink key={`${problem.field} ${problem.code}`} field={problem.field} where={where} what={what} />;
                  })
                : byPart(problems).map(({ part, field, count }) => (
                    <ProblemLink key={part} field={field} where={t(`section.${part}`)} what={t('summary.things', { count })} />
                  ))}
            </ul>
          </div>
        ) : (
          <p className={styles.ready}>{t('summary.ready')}</p>
        )}
      </div>
      <div className={styles.action}>
        {outcome.phase === 'refused' && (
          <Notice tone="danger" title={t('accept.refused')}>
            {failureWords(outcome.failure)}
          </Notice>
        )}
        <Button variant="primary" shortcut="F9" isLarge isWide onPress={onAccept} isPending={outcome.phase === 'accepting'}>
          {outcome.phase === 'accepting' ? t('accept.working') : t('accept.action')}
        </Button>
      </div>
    </aside>
  );
}

function ProblemLink({ field, where, what }: { field: string; where: string; what: string }) {
  return (
    <li>
      <button type="button" className={styles.problem} onClick={() => goToField(field)}>
        <span>{where}</span> {what}
      </button>
    </li>
  );
}

type Part = 'procedure' | 'applicant' | 'form' | 'papers' | 'result';

function partOf(field: string): Part {
  const [root] = field.split('.');
  if (root === 'applicant' || root === 'submitter') return 'applicant';
  if (root === 'formData') return 'form';
  if (root === 'papers') return 'papers';
  return field.startsWith('feeInputs.enteredVnd') ? 'result' : 'procedure';
}

/** While the officer is still on the way, how much is left in each part is enough. */
function byPart(problems: readonly Problem[]): Array<{ part: Part; field: string; count: number }> {
  const parts = new Map<Part, { part: Part; field: string; count: number }>();
  for (const { field } of problems) {
    const part = partOf(field);
    const known = parts.get(part);
    if (known === undefined) parts.set(part, { part, field, count: 1 });
    else known.count++;
  }
  return [...parts.values()];
}
