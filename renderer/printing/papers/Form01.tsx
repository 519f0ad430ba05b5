/** Mẫu 01 in full (giấy tiếp nhận hồ sơ và hẹn trả kết quả, TT 03/2025/TT-VPCP) on A4 or A5. */
import { amountInWords } from '../../../shared/fees/words.ts';
import { formatVnd } from '../../../shared/lib/money.ts';
import type { ReceiptPaper } from '../../../shared/printing/paper.ts';
import { printable } from '../../../shared/printing/printable.ts';
import { receiptFacts, type FeeFacts, type PaperFacts } from '../../../shared/printing/receipt-facts.ts';
import { counted, dueRuleWords, momentParts } from '../../../shared/printing/due-words.ts';
import type { PaperWords } from '../../../shared/printing/paper-words.ts';
import styles from './form.module.css';
import { FormerCodes } from './FormerCodes.tsx';
import { FormHead } from './FormHead.tsx';

export function Form01({ paper, reprint, t }: { paper: ReceiptPaper; reprint: number; t: PaperWords }) {
  const { dossier, heading } = paper;
  const facts = receiptFacts(dossier);
  const { applicant, submitter } = facts;
  const office = printable(heading.officeName);
  return (
    <article className={styles.form}>
      <FormHead heading={heading} qr={facts.code} agencyCode={dossier.agencyCode} atMs={dossier.acceptedAtMs} t={t} />
      <div className={styles.code}>
        {t('receipt.code')}: <b>{facts.code}</b>
        <span>{t('form.name')}</span>
      </div>
      {facts.formerCodes.length > 0 && <FormerCodes codes={facts.formerCodes} t={t} />}
      <h1>{t('form.title')}</h1>
      {reprint > 0 && <div className={styles.reprint}>{t('reprint', { number: reprint })}</div>}

      <p>{t('form.received', { office })}</p>
      <Line label={t(`receipt.applicant.${applicant.kind}`)} value={applicant.name} isStrong />
      <Line label={t(`receipt.idNumber.${applicant.kind}`)} value={applicant.idNumber} />
      <Line label={t('receipt.address')} value={applicant.address} />
      <div className={styles.pair}>
        <Line label={t('receipt.phone')} value={applicant.phone} />
        <Line label={t('receipt.email')} value={applicant.email} />
      </div>
      {submitter !== undefined && (
        <Line
          label={t(`receipt.submitter.${submitter.relation}`)}
          value={[submitter.name, submitter.idNumber, submitter.address, submitter.phone].filter(Boolean).join(' · ')}
        />
      )}
      <Line label={t('receipt.content')} value={t('receipt.procedure', { name: facts.procedureName, code: facts.procedureCode })} isStrong />

      <h2>{t('form.papersHeading')}</h2>
      {facts.received.length === 0 ? <p>{t('receipt.noPapers')}</p> : <Papers papers={facts.received} t={t} />}
      {facts.owed.length > 0 && (
        <section className={styles.owed}>
          <b>{t('receipt.owed')}</b>
          <ul>
            {facts.owed.map((name, index) => (
              <li key={index}>{name}</li>
            ))}
          </ul>
        </section>
      )}

      <Line label={t('form.sets')} value={t('form.setsValue', { sets: counted(facts.sets) })} />
      <Line label={t('form.limit')} value={dossier.dueRule === null ? t('receipt.dueOpen') : dueRuleWords(dossier.dueRule, t)} />
      <Line label={t('form.receivedAt')} value={t('form.moment', momentParts(dossier.acceptedAtMs))} />
      <Line label={t('form.dueAt')} value={dossier.dueAtMs === null ? t('receipt.dueOpen') : t('form.moment', momentParts(dossier.dueAtMs))} isStrong />
      <Line label={t('form.collect')} value={t(`receipt.collectAt.${dossier.resultDelivery}`, { office })} />
      {facts.fees.length === 0 ? <Line label={t('form.fees')} value={t('receipt.noFees')} /> : <Fees fees={facts.fees} totalVnd={facts.totalVnd} t={t} />}
      <Line label={t('receipt.note')} value={facts.note} />

      <div className={styles.closing}>
        <p>{t('form.register')}</p>
        <div className={styles.signatures}>
          <Signature
            role={t('receipt.signApplicant')}
            hint={t('receipt.signHint')}
            name={submitter?.name ?? (applicant.kind === 'person' ? applicant.name : '')}
          />
          <Signature role={t('receipt.signOfficer')} hint={t('receipt.signHint')} name={facts.operatorName} seal={heading.sealText} />
        </div>
        <footer>
          <div>{t('receipt.copies')}</div>
          <div>
            {[heading.address, heading.phone, heading.footer]
              .filter((text) => text !== undefined)
              .map(printable)
              .join(' · ')}
          </div>
        </footer>
      </div>
    </article>
  );
}

function Line({ label, value, isStrong = false }: { label: string; value: string | undefined; isStrong?: boolean }) {
  if (value === undefined) return null;
  return (
    <p className={styles.line}>
      {label}: {isStrong ? <b>{value}</b> : value}
    </p>
  );
}

function Papers({ papers, t }: { papers: readonly PaperFacts[]; t: PaperWords }) {
  const count = (copies: number): string => (copies === 0 ? '–' : counted(copies));
  return (
    <table className={styles.papers}>
      <thead>
        <tr>
          <th>{t('form.order')}</th>
          <th>{t('form.paperName')}</th>
          <th>{t('form.original')}</th>
          <th>{t('form.certified')}</th>
          <th>{t('form.copied')}</th>
        </tr>
      </thead>
      <tbody>
        {papers.map((paper, index) => (
          <tr key={index}>
            <td>{index + 1}</td>
            <td>{paper.name}</td>
            <td>{count(paper.originals)}</td>
            <td>{count(paper.certifiedCopies)}</td>
            <td>{count(paper.photocopies)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Fees({ fees, totalVnd, t }: { fees: readonly FeeFacts[]; totalVnd: number; t: PaperWords }) {
  return (
    <>
      <p className={styles.line}>{t('form.fees')}:</p>
      <table className={styles.fees}>
        <tbody>
          {fees.map((fee, index) => (
            <tr key={index}>
              <td>
                {t(`receipt.kind.${fee.kind}`)}: {fee.name}
                {fee.quantity > 1 && ` ${t('receipt.times', { quantity: fee.quantity })}`}
                {fee.exemption !== undefined && ` (${fee.exemption})`}
              </td>
              <td>{formatVnd(fee.amountVnd)}</td>
            </tr>
          ))}
          <tr className={styles.total}>
            <td>{t('receipt.total')}</td>
            <td>{formatVnd(totalVnd)}</td>
          </tr>
        </tbody>
      </table>
      <Line label={t('receipt.inWords')} value={amountInWords(totalVnd)} />
    </>
  );
}

function Signature({ role, hint, name, seal }: { role: string; hint: string; name: string; seal?: string }) {
  return (
    <div>
      <b>{role}</b>
      <small>{hint}</small>
      {seal !== undefined && <small>{printable(seal)}</small>}
      <div className={styles.signed}>{name}</div>
    </div>
  );
}
