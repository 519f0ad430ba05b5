/** What a citizen pays for a dossier, in figures and in words, and where a transfer goes. Not the binding receipt of finance rules, and says so. */
import { amountInWords } from '../../../shared/fees/words.ts';
import { memoOf, vietQr } from '../../../shared/fees/viet-qr.ts';
import { formatVnd } from '../../../shared/lib/money.ts';
import { formatDateTime } from '../../../shared/lib/time.ts';
import type { FeeReceiptPaper as FeeReceipt } from '../../../shared/printing/paper.ts';
import { printable } from '../../../shared/printing/printable.ts';
import { receiptFacts } from '../../../shared/printing/receipt-facts.ts';
import type { PaperWords } from '../../../shared/printing/paper-words.ts';
import { PaperFrame, type Medium } from './PaperFrame.tsx';
import { Box, Facts, Rows, Section, Signatures } from './parts.tsx';
import { QrCode } from './QrCode.tsx';
import styles from './parts.module.css';

/** A bank's app reads modules of half a millimetre; the symbol has 45 to 53 of them a side. */
const QR_SIDE_PX = { roll: 300, sheet: 120 };

export function FeeReceiptPaper({ paper, reprint, medium, t }: { paper: FeeReceipt; reprint: number; medium: Medium; t: PaperWords }) {
  const { heading, dossier, bank } = paper;
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
      titleKey="feeReceipt.title"
      t={t}
    >
      <Facts
        facts={[
          [t(`receipt.applicant.${facts.applicant.kind}`), facts.applicant.name, 'name'],
          [t(`receipt.idNumber.${facts.applicant.kind}`), facts.applicant.idNumber],
          [t('receipt.content'), facts.procedureName],
          [t('feeReceipt.issuedAt'), formatDateTime(paper.issuedAtMs)],
        ]}
      />
      <Rows
        columns={[{ title: t('feeReceipt.item') }, { title: t('feeReceipt.amount'), align: 'right' }]}
        rows={facts.fees.map((fee) => [
          [
            `${t(`receipt.kind.${fee.kind}`)}: ${fee.name}`,
            fee.quantity > 1 && t('receipt.times', { quantity: fee.quantity }),
            fee.exemption !== undefined && `(${fee.exemption})`,
          ]
            .filter(Boolean)
            .join(' '),
          formatVnd(fee.amountVnd),
        ])}
        total={[t('receipt.total'), formatVnd(facts.totalVnd)]}
      />
      <Box label={t(paper.payment === 'cash' ? 'feeReceipt.paid' : 'feeReceipt.toPay')}>{formatVnd(facts.totalVnd)}</Box>
      <Facts facts={[[t('receipt.inWords'), amountInWords(facts.totalVnd)]]} />
      {paper.payment === 'transfer' && bank !== undefined && facts.totalVnd > 0 && (
        <Section title={t('feeReceipt.transfer')}>
          <div className={styles.pay}>
            <QrCode text={vietQr(bank, facts.totalVnd, memoOf(facts.code))} maxSidePx={QR_SIDE_PX[medium.kind]} />
            <Facts
              facts={[
                [t('feeReceipt.account'), bank.accountNumber],
                [t('feeReceipt.holder'), printable(bank.accountName)],
                [t('feeReceipt.memo'), memoOf(facts.code)],
              ]}
            />
          </div>
          <p className={styles.note}>{t('feeReceipt.transferNote')}</p>
        </Section>
      )}
      <Signatures
        signers={[
          { role: t('feeReceipt.payer'), hint: t('receipt.signHint') },
          { role: t('feeReceipt.collector'), hint: t('receipt.signHint'), name: facts.operatorName, seal: heading.sealText },
        ]}
      />
      <p className={styles.note}>{t('feeReceipt.notBinding')}</p>
    </PaperFrame>
  );
}
