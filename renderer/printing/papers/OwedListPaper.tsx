/** The papers a citizen still owes, to take home, with room to note the day each came. */
import { formatDateTime } from '../../../shared/lib/time.ts';
import type { OwedListPaper as OwedList } from '../../../shared/printing/paper.ts';
import { receiptFacts } from '../../../shared/printing/receipt-facts.ts';
import type { PaperWords } from '../../../shared/printing/paper-words.ts';
import { PaperFrame, type Medium } from './PaperFrame.tsx';
import { Facts, Rows, Signatures } from './parts.tsx';
import styles from './parts.module.css';

export function OwedListPaper({ paper, reprint, medium, t }: { paper: OwedList; reprint: number; medium: Medium; t: PaperWords }) {
  const { heading, dossier } = paper;
  const facts = receiptFacts(dossier);
  return (
    <PaperFrame
      medium={medium}
      heading={heading}
      reprint={reprint}
      qr={facts.code}
      code={{ label: t('receipt.code'), value: facts.code }}
      atMs={paper.issuedAtMs}
      agencyCode={dossier.agencyCode}
      titleKey="owedList.title"
      t={t}
    >
      <Facts
        facts={[
          [t(`receipt.applicant.${facts.applicant.kind}`), facts.applicant.name, 'name'],
          [t('receipt.phone'), facts.applicant.phone],
          [t('receipt.content'), facts.procedureName],
          [t('receipt.due'), dossier.dueAtMs === null ? t('receipt.dueOpen') : formatDateTime(dossier.dueAtMs)],
        ]}
      />
      <Rows
        columns={[
          { title: t('form.order'), align: 'center', width: 10 },
          { title: t('form.paperName'), width: 62 },
          { title: t('owedList.handedIn'), width: 28 },
        ]}
        rows={facts.owed.map((name, index) => [String(index + 1), name, ''])}
      />
      <p className={styles.note}>{t('owedList.words')}</p>
      <Signatures
        signers={[
          { role: t('receipt.signApplicant'), hint: t('receipt.signHint'), name: facts.submitter?.name },
          { role: t('receipt.signOfficer'), hint: t('receipt.signHint'), name: facts.operatorName, seal: heading.sealText },
        ]}
      />
    </PaperFrame>
  );
}
