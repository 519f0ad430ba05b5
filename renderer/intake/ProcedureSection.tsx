/** Part 1: the procedure, and the choices on which its time limit, papers and fees depend. */
import { useTranslation } from 'react-i18next';
import { channels, type Channel } from '../../shared/dossiers/dossier.ts';
import { asksArea } from '../../shared/dossiers/questions.ts';
import type { Procedure } from '../../shared/catalogue/catalogue.ts';
import { ProcedurePicker, useLimitWords } from '../catalogue/ProcedurePicker.tsx';
import { Checkbox, RadioCards } from '../ui/Choices.tsx';
import { fieldId, goToField } from './go-to-field.ts';
import { useDraft, useIntake, useIntakeStore, useProblemAt, useProblems, useReview } from './intake-context.tsx';
import { Section } from './Section.tsx';
import styles from './sections.module.css';

export function ProcedureSection() {
  const { t } = useTranslation('intake');
  const store = useIntakeStore();
  const catalogue = useIntake((state) => state.catalogue);
  const { procedure, resolved } = useReview('procedure', 'resolved');
  const draft = useDraft('caseId', 'feeInputs', 'facts', 'areaClass', 'channel');
  const left = useProblems(['procedureCode', 'caseId', 'feeInputs'], ({ field }) => !field.startsWith('feeInputs.enteredVnd'));
  const problemAt = useProblemAt('procedureCode', 'caseId', 'feeInputs');
  const limitWords = useLimitWords();

  const choose = (chosen: Procedure) => {
    store.change((before) => {
      if (before.procedureCode === chosen.code) return before;
      const only = <T extends { id: string }>(options: readonly T[]): string | undefined => (options.length === 1 ? options[0]?.id : undefined);
      return {
        ...before,
        procedureCode: chosen.code,
        catalogueVersion: catalogue.version,
        caseId: only(chosen.cases),
        facts: [],
        feeInputs: { copies: 1, pages: 1, enteredVnd: {}, objectId: only(chosen.objects) },
      };
    });
    // On to the next thing to be filled in, once its controls are there.
    const next = store.review().problems.find(({ field }) => !field.startsWith('papers.') && !field.startsWith('formData.'));
    if (next !== undefined) setTimeout(() => goToField(next.field), 0);
  };

  const isDone = procedure !== undefined && left.length === 0;
  const field = catalogue.fields.find(({ id }) => id === procedure?.field)?.name;
  return (
    <Section number={1} title={t('section.procedure')} isDone={isDone} summary={procedure?.name}>
      <ProcedurePicker
        catalogue={catalogue}
        value={procedure}
        onChoose={choose}
        id={fieldId('procedureCode')}
        error={problemAt('procedureCode')}
        autoFocus={procedure === undefined}
      />
      {procedure !== undefined && (
        <>
          <p className={styles.about}>
            {[procedure.code, field, t(`level.${procedure.level}`), limitWords(resolved?.timeLimit == null ? procedure.timeLimits : [resolved.timeLimit])]
              .filter(Boolean)
              .map((part) => (
                <span key={part}>{part}</span>
              ))}
            {procedure.trust === 'recalled' && <span className={styles.unconfirmed}>{t('procedure.recalled')}</span>}
          </p>
          <div className={styles.choices}>
            {procedure.cases.length > 0 && (
              <div id={fieldId('caseId')}>
                <RadioCards
                  label={t('field.caseId')}
                  options={procedure.cases.map(({ id, name, hint }) => ({ value: id, label: name, hint }))}
                  value={draft.caseId ?? null}
                  onChange={(caseId) => store.change((before) => ({ ...before, caseId }))}
                />
                <FieldError words={problemAt('caseId')} />
              </div>
            )}
            {procedure.objects.length > 0 && (
              <div id={fieldId('feeInputs.objectId')}>
                <RadioCards
                  label={t('field.objectId')}
                  options={procedure.objects.map(({ id, name, hint }) => ({ value: id, label: name, hint }))}
                  value={draft.feeInputs.objectId ?? null}
                  onChange={(objectId) => store.change((before) => ({ ...before, feeInputs: { ...before.feeInputs, objectId } }))}
                />
                <FieldError words={problemAt('feeInputs.objectId')} />
              </div>
            )}
            {procedure.facts.length > 0 && (
              <div role="group" aria-label={t('field.facts')}>
                <p className={styles.label}>{t('field.facts')}</p>
                <div className={styles.row}>
                  {procedure.facts.map(({ id, name, hint }) => (
                    <Checkbox
                      key={id}
                      isCard
                      isSelected={draft.facts.includes(id)}
                      onChange={(isOn) =>
                        store.change((before) => ({ ...before, facts: isOn ? [...before.facts, id] : before.facts.filter((fact) => fact !== id) }))
                      }
                    >
                      {name}
                      {hint !== undefined && <span className={styles.hint}>{hint}</span>}
                    </Checkbox>
                  ))}
                </div>
              </div>
            )}
            {asksArea(procedure) && catalogue.areaClasses.length > 0 && (
              <RadioCards
                label={t('field.areaClass')}
                options={catalogue.areaClasses.map(({ id, name, hint }) => ({ value: id, label: name, hint }))}
                value={draft.areaClass ?? null}
                onChange={(areaClass) => store.change((before) => ({ ...before, areaClass }))}
              />
            )}
            <RadioCards<Channel>
              label={t('field.channel')}
              options={channels.map((channel) => ({ value: channel, label: t(`channel.${channel}`) }))}
              value={draft.channel}
              onChange={(channel) => store.change((before) => ({ ...before, channel }))}
            />
          </div>
        </>
      )}
    </Section>
  );
}

export function FieldError({ words }: { words: string | undefined }) {
  return words === undefined ? null : <p className={styles.error}>{words}</p>;
}
