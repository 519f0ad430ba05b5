/** Mẫu 04 (văn bản xin lỗi và đề nghị gia hạn): the day that was promised, why it was not kept, the new one. */
import { formatDateTime } from '../../../shared/lib/time.ts';
import type { ApologyPaper } from '../../../shared/printing/paper.ts';
import { printable } from '../../../shared/printing/printable.ts';
import { momentParts } from '../../../shared/printing/due-words.ts';
import { OfficialForm, Written, type FormProps } from './OfficialForm.tsx';
import { Box } from './parts.tsx';
import styles from './parts.module.css';

export function ApologyForm({ paper, reprint, size, t }: FormProps<ApologyPaper>) {
  const { dossier } = paper;
  return (
    <OfficialForm
      form={{ number: '04', titleKey: 'forms.apology.title' }}
      heading={paper.heading}
      dossier={dossier}
      issuedAtMs={paper.issuedAtMs}
      officerName={paper.officerName}
      reprint={reprint}
      size={size}
      facts={[
        [t('form.receivedAt').replace(/^\d+\. /u, ''), formatDateTime(dossier.acceptedAtMs)],
        [t('forms.apology.promised'), dossier.dueAtMs === null ? t('receipt.dueOpen') : formatDateTime(dossier.dueAtMs)],
        [t('forms.apology.times'), String(paper.times)],
      ]}
      t={t}
    >
      <Written title={t('forms.apology.reason')} text={paper.reason} />
      <p className={styles.text}>{t('forms.apology.words', { office: printable(paper.heading.officeName) })}</p>
      <Box label={t('forms.apology.newDue')}>{t('form.moment', momentParts(paper.newDueAtMs))}</Box>
    </OfficialForm>
  );
}
