/** Part 5: how the result is collected, what the fees depend on, sets and a note. */
import { useTranslation } from 'react-i18next';
import type { Intake } from '../../shared/dossiers/dossier.ts';
import { selectionOf } from '../../shared/catalogue/resolve.ts';
import { feeQuestions } from '../../shared/fees/compute.ts';
import { formatVnd } from '../../shared/lib/money.ts';
import { RadioCards, Select } from '../ui/Choices.tsx';
import { Stepper } from '../ui/Stepper.tsx';
import { TextField } from '../ui/TextField.tsx';
import { fieldId } from './go-to-field.ts';
import { useCalmReview, useDraft, useIntakeStore, useProblemAt, useProblems } from './intake-context.tsx';
import { Section } from './Section.tsx';
import styles from './sections.module.css';

const deliveries: ReadonlyArray<Intake['resultDelivery']> = ['counter', 'post', 'electronic'];
const NO_EXEMPTION = '-';

export function ResultSection() {
  const { t } = useTranslation('intake');
  const store = useIntakeStore();
  const { procedure, resolved, form } = useCalmReview('procedure', 'resolved', 'form');
  const draft = useDraft('caseId', 'areaClass', 'channel', 'facts', 'feeInputs', 'applicantKind', 'resultDelivery', 'sets', 'note');
  const unpriced = useProblems(['feeInputs'], ({ field }) => field.startsWith('feeInputs.enteredVnd'));
  const problemAt = useProblemAt('feeInputs');
  if (procedure === undefined || resolved === undefined) return null;

  const asked = feeQuestions(procedure, selectionOf(draft, draft.applicantKind), form);
  const ranges = resolved.fees.flatMap(({ id, name, price }) => (price.type === 'range' && price.minVnd !== price.maxVnd ? [{ id, name, ...price }] : []));
  const { feeInputs } = draft;
  const setFees = (change: Partial<typeof feeInputs>) => store.change((before) => ({ ...before, feeInputs: { ...before.feeInputs, ...change } }));
  const enter = (feeId: string, text: string) => {
    const digits = text.replace(/\D/gu, '').slice(0, 12);
    store.edit((before) => {
      const { [feeId]: _, ...others } = before.feeInputs.enteredVnd;
      return { ...before, feeInputs: { ...before.feeInputs, enteredVnd: digits === '' ? others : { ...others, [feeId]: Number(digits) } } };
    });
  };

  return (
    <Section number={5} title={t('section.result')} isDone={unpriced.length === 0} summary={t(`delivery.${draft.resultDelivery}`)}>
      <RadioCards
        label={t('field.resultDelivery')}
        options={deliveries.map((delivery) => ({ value: delivery, label: t(`delivery.${delivery}`) }))}
        value={draft.resultDelivery}
        onChange={(resultDelivery) => store.change((before) => ({ ...before, resultDelivery }))}
      />
      <div className={styles.steppers}>
        <Stepper label={t('field.sets')} value={draft.sets} min={1} max={99} onChange={(sets) => store.change((before) => ({ ...before, sets }))} />
        {asked.copies && <Stepper label={t('field.copies')} value={feeInputs.copies} min={1} max={999} onChange={(copies) => setFees({ copies })} />}
        {asked.pages && <Stepper label={t('field.pages')} value={feeInputs.pages} min={1} max={9999} onChange={(pages) => setFees({ pages })} />}
      </div>
      {(asked.exemptions.length > 0 || ranges.length > 0) && (
        <div className={styles.pair}>
          {asked.exemptions.length > 0 && (
            <Select
              label={t('field.exemptionId')}
              options={[{ value: NO_EXEMPTION, label: t('fees.no-exemption') }, ...asked.exemptions.map(({ id, name }) => ({ value: id, label: name }))]}
              value={feeInputs.exemptionId ?? NO_EXEMPTION}
              onChange={(exemptionId) => setFees({ exemptionId: exemptionId === NO_EXEMPTION ? undefined : exemptionId })}
            />
          )}
          {ranges.map(({ id, name, minVnd, maxVnd }) => (
            <TextField
              key={id}
              id={fieldId(`feeInputs.enteredVnd.${id}`)}
              label={name}
              inputMode="numeric"
              value={feeInputs.enteredVnd[id] === undefined ? '' : formatVnd(feeInputs.enteredVnd[id]).replace(/\s*đ$/u, '')}
              onChange={(text) => enter(id, text)}
              onBlur={() => store.finish(`feeInputs.enteredVnd.${id}`)}
              description={t('fees.range', { min: formatVnd(minVnd), max: formatVnd(maxVnd) })}
              error={problemAt(`feeInputs.enteredVnd.${id}`)}
            />
          ))}
        </div>
      )}
      <TextField
        label={t('field.note')}
        rows={2}
        maxLength={2000}
        value={draft.note ?? ''}
        onChange={(note) => store.edit((before) => ({ ...before, note: note === '' ? undefined : note }))}
        onBlur={() => store.finish('note')}
      />
    </Section>
  );
}
