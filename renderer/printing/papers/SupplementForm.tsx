/** Mẫu 02 (phiếu yêu cầu bổ sung, hoàn thiện hồ sơ): everything at once, with the reason, its ground and who approved it. */
import type { SupplementPaper } from '../../../shared/printing/paper.ts';
import { printable } from '../../../shared/printing/printable.ts';
import { counted } from '../../../shared/printing/due-words.ts';
import { OfficialForm, Written, type FormProps } from './OfficialForm.tsx';
import { Rows, Section } from './parts.tsx';
import styles from './parts.module.css';

const copies = (count: number): string => (count === 0 ? '–' : counted(count));

export function SupplementForm({ paper, reprint, size, t }: FormProps<SupplementPaper>) {
  return (
    <OfficialForm
      form={{ number: '02', titleKey: 'forms.supplement.title' }}
      heading={paper.heading}
      dossier={paper.dossier}
      issuedAtMs={paper.issuedAtMs}
      officerName={paper.officerName}
      reprint={reprint}
      size={size}
      facts={[[t('forms.supplement.stage'), t(`forms.supplement.stageOf.${paper.stage}`)]]}
      t={t}
    >
      {paper.papers.length > 0 && (
        <Section title={t('forms.supplement.papers')}>
          <Rows
            columns={[
              { title: t('form.order'), align: 'center', width: 7 },
              { title: t('form.paperName') },
              { title: t('form.original'), align: 'center', width: 13 },
              { title: t('form.certified'), align: 'center', width: 13 },
              { title: t('form.copied'), align: 'center', width: 13 },
            ]}
            rows={paper.papers.map(({ name, originals, certifiedCopies, photocopies }, index) => [
              String(index + 1),
              printable(name),
              copies(originals),
              copies(certifiedCopies),
              copies(photocopies),
            ])}
          />
        </Section>
      )}
      <Written title={t('forms.reason')} text={paper.reason} />
      <Written title={t('forms.ground')} text={paper.ground} />
      {paper.approvedBy !== undefined && <Written title={t('forms.supplement.approvedBy')} text={paper.approvedBy} />}
      <p className={styles.note}>{t('forms.contact', { office: printable(paper.heading.officeName), phone: printable(paper.heading.phone ?? '') })}</p>
    </OfficialForm>
  );
}
