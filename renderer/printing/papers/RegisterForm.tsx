/** Mẫu 07 (sổ theo dõi hồ sơ), on A4 across: what the journal knows is filled in, what happens later is written by hand. */
import { formatDate, formatDateTime, instantOf } from '../../../shared/lib/time.ts';
import type { RegisterPaper } from '../../../shared/printing/paper.ts';
import { printable } from '../../../shared/printing/printable.ts';
import { counted } from '../../../shared/printing/due-words.ts';
import { PaperFrame } from './PaperFrame.tsx';
import type { FormProps } from './OfficialForm.tsx';
import { Rows } from './parts.tsx';
import styles from './register.module.css';

export function RegisterForm({ paper, reprint, size, t }: FormProps<RegisterPaper>) {
  const { heading, from, to, dossiers } = paper;
  return (
    <PaperFrame
      medium={{ kind: 'sheet', size }}
      heading={heading}
      reprint={reprint}
      qr={`QMC-SO ${from} ${to} ${dossiers.length}`}
      code={{ label: t('forms.register.period'), value: from === to ? formatDate(from) : `${formatDate(from)} – ${formatDate(to)}` }}
      atMs={instantOf(to, '12:00')}
      formName={t('forms.number', { number: '07' })}
      titleKey="forms.register.title"
      t={t}
    >
      <div className={styles.register}>
        <Rows
          columns={[
            { title: t('form.order'), align: 'center', width: 3 },
            { title: t('receipt.code'), width: 10 },
            { title: t('forms.register.procedure'), width: 14 },
            { title: t('receipt.sets'), align: 'center', width: 4 },
            { title: t('forms.register.applicant'), width: 11 },
            { title: t('forms.register.address'), width: 13 },
            { title: t('forms.register.receivedAt'), width: 8 },
            { title: t('forms.register.dueAt'), width: 8 },
            { title: t('forms.register.handedOver'), width: 7 },
            { title: t('forms.register.result'), width: 7 },
            { title: t('forms.register.collected'), width: 8 },
            { title: t('forms.register.signature'), width: 7 },
          ]}
          rows={dossiers.map((dossier, index) => [
            String(index + 1),
            printable(dossier.code),
            printable(dossier.procedureName),
            counted(dossier.sets),
            printable(dossier.applicantName),
            [dossier.address, dossier.phone]
              .filter((text) => text !== undefined)
              .map(printable)
              .join(' · '),
            formatDateTime(dossier.receivedAtMs),
            dossier.dueAtMs === null ? '–' : formatDateTime(dossier.dueAtMs),
            '',
            '',
            t(`forms.register.delivery.${dossier.resultDelivery}`),
            '',
          ])}
        />
      </div>
    </PaperFrame>
  );
}
