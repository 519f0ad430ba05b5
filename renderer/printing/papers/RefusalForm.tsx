/** Mẫu 03 (phiếu từ chối tiếp nhận giải quyết hồ sơ): the reason and its ground in law. */
import type { RefusalPaper } from '../../../shared/printing/paper.ts';
import { printable } from '../../../shared/printing/printable.ts';
import { OfficialForm, Written, type FormProps } from './OfficialForm.tsx';
import styles from './parts.module.css';

export function RefusalForm({ paper, reprint, size, t }: FormProps<RefusalPaper>) {
  return (
    <OfficialForm
      form={{ number: '03', titleKey: 'forms.refusal.title' }}
      heading={paper.heading}
      dossier={paper.dossier}
      issuedAtMs={paper.issuedAtMs}
      officerName={paper.officerName}
      reprint={reprint}
      size={size}
      t={t}
    >
      <p className={styles.text}>{t('forms.refusal.words', { office: printable(paper.heading.officeName) })}</p>
      <Written title={t('forms.reason')} text={paper.reason} />
      <Written title={t('forms.ground')} text={paper.ground} />
      <p className={styles.note}>{t('forms.contact', { office: printable(paper.heading.officeName), phone: printable(paper.heading.phone ?? '') })}</p>
    </OfficialForm>
  );
}
