/** Goes with a batch of papers from one counter to the agency, signed by both (QĐ 45/2016). */
import { formatDateTime } from '../../../shared/lib/time.ts';
import type { HandOverPaper as HandOver } from '../../../shared/printing/paper.ts';
import { printable } from '../../../shared/printing/printable.ts';
import { counted } from '../../../shared/printing/due-words.ts';
import type { PaperWords } from '../../../shared/printing/paper-words.ts';
import { PaperFrame, type Medium } from './PaperFrame.tsx';
import { Facts, Rows, Signatures } from './parts.tsx';

export function HandOverPaper({ paper, reprint, medium, t }: { paper: HandOver; reprint: number; medium: Medium; t: PaperWords }) {
  const { heading, dossiers } = paper;
  const isRoll = medium.kind === 'roll';
  return (
    <PaperFrame medium={medium} heading={heading} reprint={reprint} qr={paper.listId} atMs={paper.handedOverAtMs} titleKey="handOver.title" t={t}>
      <Facts
        facts={[
          [t('handOver.from'), printable(heading.officeName)],
          [t('handOver.to'), printable(paper.receiver)],
          [t('handOver.at'), formatDateTime(paper.handedOverAtMs)],
          [t('handOver.count'), counted(dossiers.length)],
        ]}
      />
      <Rows
        columns={
          isRoll
            ? [
                { title: t('form.order'), align: 'center', width: 8 },
                { title: t('handOver.dossier') },
                { title: t('handOver.papers'), align: 'right', width: 14 },
              ]
            : [
                { title: t('form.order'), align: 'center', width: 6 },
                { title: t('receipt.code'), width: 22 },
                { title: t('handOver.applicant'), width: 24 },
                { title: t('receipt.content') },
                { title: t('handOver.papers'), align: 'right', width: 9 },
                { title: t('handOver.note'), width: 14 },
              ]
        }
        rows={dossiers.map((dossier, index) => {
          const [code, applicant, procedure] = [dossier.code, dossier.applicantName, dossier.procedureName].map(printable) as [string, string, string];
          return isRoll
            ? [String(index + 1), `${code} · ${applicant} · ${procedure}`, counted(dossier.papers)]
            : [String(index + 1), code, applicant, procedure, counted(dossier.papers), ''];
        })}
        total={
          isRoll
            ? ['', t('handOver.total'), counted(dossiers.reduce((sum, { papers }) => sum + papers, 0))]
            : ['', t('handOver.total'), '', '', counted(dossiers.reduce((sum, { papers }) => sum + papers, 0)), '']
        }
      />
      <Signatures
        signers={[
          { role: t('handOver.giver'), hint: t('receipt.signHint'), name: printable(paper.operatorName), seal: heading.sealText },
          { role: t('handOver.taker'), hint: t('receipt.signHint') },
        ]}
      />
    </PaperFrame>
  );
}
