/** Every other paper of a dossier: which, what only the officer can say, and where it is printed. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Dossier } from '../../shared/dossiers/dossier.ts';
import { instantOf } from '../../shared/lib/time.ts';
import type { PaperDestination, PaperRequest } from '../../shared/printing/request.ts';
import { PaperOutcomeNotice } from '../app/PaperOutcomeNotice.tsx';
import { useShell } from '../app/shell-context.tsx';
import { usePaper } from '../app/usePaper.ts';
import { Button } from '../ui/Button.tsx';
import { Checkbox, RadioCards, Select } from '../ui/Choices.tsx';
import { DateField } from '../ui/DateField.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { parseTypedDate } from '../ui/typed-date.ts';
import { TextField } from '../ui/TextField.tsx';
import styles from './dossiers.module.css';

const KINDS = ['fee-receipt', 'owed-list', 'control-slip', 'supplement', 'refusal', 'apology', 'stop'] as const;
type Kind = (typeof KINDS)[number] | `custom/${string}`;
/** What both media can hold. */
const isForRoll = (kind: Kind): boolean => kind === 'fee-receipt' || kind === 'owed-list' || kind.startsWith('custom/');

type Typed = {
  reason: string;
  ground: string;
  approvedBy: string;
  stage: 'intake' | 'examination' | 'resolution';
  newDue: string | undefined;
  isPaid: boolean;
  missing: string[];
};

/** Undefined while something that must be said is not. */
function requestOf(kind: Kind, { dossierId }: Dossier, typed: Typed): PaperRequest | undefined {
  const reason = typed.reason.trim();
  const ground = typed.ground.trim();
  const isSaid = reason !== '' && ground !== '';
  switch (kind) {
    case 'fee-receipt':
      return { kind, dossierId, payment: typed.isPaid ? 'cash' : 'transfer' };
    case 'owed-list':
    case 'control-slip':
      return { kind, dossierId };
    case 'supplement': {
      const papers = typed.missing.filter((name) => name.trim() !== '').map((name) => ({ name, originals: 1, certifiedCopies: 0, photocopies: 0 }));
      const approvedBy = typed.approvedBy.trim();
      return isSaid ? { kind, dossierId, stage: typed.stage, papers, reason, ground, ...(approvedBy === '' ? {} : { approvedBy }) } : undefined;
    }
    case 'refusal':
    case 'stop':
      return isSaid ? { kind, dossierId, reason, ground } : undefined;
    case 'apology': {
      const date = typed.newDue === undefined ? undefined : parseTypedDate(typed.newDue);
      return reason === '' || date === undefined ? undefined : { kind, dossierId, reason, newDueAtMs: instantOf(date, '17:00'), times: 1 };
    }
    default:
      return { kind: 'custom', dossierId, templateId: kind.slice('custom/'.length) };
  }
}

export function OtherPapers({ dossier, onClose }: { dossier: Dossier; onClose: () => void }) {
  const { t } = useTranslation('other-papers');
  const { info } = useShell();
  const owed = dossier.papers.filter(({ state }) => state === 'owed').map(({ name }) => name);
  const [kind, setKind] = useState<Kind>(dossier.fees.length > 0 ? 'fee-receipt' : owed.length > 0 ? 'owed-list' : 'control-slip');
  const [size, setSize] = useState<'A5' | 'A4'>('A5');
  const [typed, setTyped] = useState<Typed>({ reason: '', ground: '', approvedBy: '', stage: 'intake', newDue: undefined, isPaid: true, missing: owed });
  const { print, outcome, isBusy, forget } = usePaper();
  const choose = (other: Kind) => {
    setKind(other);
    forget();
  };
  const set = (change: Partial<Typed>) => setTyped({ ...typed, ...change });
  const request = requestOf(kind, dossier, typed);
  const go = (to: PaperDestination) => request !== undefined && void print(request, to, size);

  const asksReason = kind === 'supplement' || kind === 'refusal' || kind === 'stop' || kind === 'apology';
  const options = [
    ...KINDS.filter((one) => (one !== 'fee-receipt' || dossier.fees.length > 0) && (one !== 'owed-list' || owed.length > 0)).map((value) => ({
      value,
      label: t(`kind.${value}`),
    })),
    ...info.settings.papers.templates.map(({ id, name }) => ({ value: `custom/${id}` as const, label: name })),
  ];
  return (
    <Dialog
      isOpen
      size="large"
      title={t('title', { code: dossier.code })}
      onClose={onClose}
      actions={
        <>
          <Button onPress={() => go('pdf')} isDisabled={request === undefined || isBusy}>
            {t('to.pdf')}
          </Button>
          <Button onPress={() => go('printer')} isDisabled={request === undefined || isBusy} variant={isForRoll(kind) ? 'quiet' : 'primary'}>
            {t('to.printer', { size })}
          </Button>
          {isForRoll(kind) && (
            <Button variant="primary" onPress={() => go('roll')} isDisabled={request === undefined || isBusy}>
              {t('to.roll')}
            </Button>
          )}
        </>
      }
    >
      <div className={styles.paperForm}>
        <PaperOutcomeNotice outcome={outcome} />
        <Select<Kind> label={t('which')} options={options} value={kind} onChange={choose} />
        {kind === 'fee-receipt' && (
          <Checkbox isSelected={typed.isPaid} onChange={(isPaid) => set({ isPaid })}>
            {t('isPaid')}
          </Checkbox>
        )}
        {kind === 'supplement' && (
          <>
            <RadioCards
              label={t('stage.name')}
              options={(['intake', 'examination', 'resolution'] as const).map((value) => ({ value, label: t(`stage.${value}`) }))}
              value={typed.stage}
              onChange={(stage) => set({ stage })}
            />
            <TextField
              label={t('missing')}
              description={t('missingHint')}
              rows={3}
              value={typed.missing.join('\n')}
              onChange={(text) => set({ missing: text.split('\n').filter((line, at, lines) => line.trim() !== '' || at === lines.length - 1) })}
            />
          </>
        )}
        {asksReason && <TextField label={t('reason')} rows={3} maxLength={2000} value={typed.reason} onChange={(reason) => set({ reason })} isRequired />}
        {asksReason && kind !== 'apology' && (
          <TextField label={t('ground')} rows={2} maxLength={2000} value={typed.ground} onChange={(ground) => set({ ground })} isRequired />
        )}
        {kind === 'supplement' && <TextField label={t('approvedBy')} maxLength={200} value={typed.approvedBy} onChange={(approvedBy) => set({ approvedBy })} />}
        {kind === 'apology' && <DateField label={t('newDue')} value={typed.newDue} onChange={(newDue) => set({ newDue })} isRequired />}
        <RadioCards label={t('size')} options={(['A5', 'A4'] as const).map((value) => ({ value, label: value }))} value={size} onChange={setSize} />
      </div>
    </Dialog>
  );
}
