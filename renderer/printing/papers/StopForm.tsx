/** Mẫu 05 (thông báo dừng giải quyết hồ sơ). */
import type { StopPaper } from '../../../shared/printing/paper.ts';
import { printable } from '../../../shared/printing/printable.ts';
import { OfficialForm, Written, type FormProps } from './OfficialForm.tsx';
import styles from './parts.module.css';

export function StopForm({ paper, reprint, size, t }: FormProps<StopPaper>) {
  return (
    <OfficialForm
      form={{ number: '05', titleKey: 'forms.stop.title' }}
      heading={paper.heading}
      dossier={paper.dossier}
      issuedAtMs={paper.issuedAtMs}
      officerName={paper.officerName}
      reprint={reprint}
      size={size}
      t={t}
    >
      <p className={styles.text}>{t('forms.stop.words', { office: printable(paper.heading.officeName) })}</p>
      <Written title={t('forms.reason')} text={paper.reason} />
      <Written title={t('forms.ground')} text={paper.ground} />
      <p className={styles.note}>{t('forms.stop.collect')}</p>
    </OfficialForm>
  );
}
