/** Mẫu 01 in short form on a roll: when and where to come back stands out, everything the form asks for is there. */
import { amountInWords } from '../../../shared/fees/words.ts';
import { formatVnd } from '../../../shared/lib/money.ts';
import { formatDateTime } from '../../../shared/lib/time.ts';
import type { RollWidthDots } from '../../../shared/printing/medium.ts';
import type { ReceiptPaper as Receipt } from '../../../shared/printing/paper.ts';
import { printable } from '../../../shared/printing/printable.ts';
import { receiptFacts, type FeeFacts } from '../../../shared/printing/receipt-facts.ts';
import { counted, dueRuleWords } from '../../../shared/printing/due-words.ts';
import type { PaperWords } from '../../../shared/printing/paper-words.ts';
import { applicantLines, countWords, feeWords } from '../../../shared/printing/receipt-words.ts';
import { FormerCodes } from './FormerCodes.tsx';
import { Heading } from './Heading.tsx';
import { QrCode } from './QrCode.tsx';
import parts from './parts.module.css';
import styles from './roll.module.css';

type ReceiptPaperProps = { paper: Receipt; reprint: number; widthDots: RollWidthDots; t: PaperWords };

export function ReceiptPaper({ paper, reprint, widthDots, t }: ReceiptPaperProps) {
  const { dossier, heading } = paper;
  const facts = receiptFacts(dossier);
  const { applicant, submitter } = facts;
  return (
    <article>
      <Heading heading={heading} reprint={reprint} t={t} />
      <h1 className={styles.title}>{t('receipt.title')}</h1>
      <div className={styles.formName}>
        {t('receipt.form')} · {t('receipt.agencyCode')} {printable(dossier.agencyCode)}
      </div>

      <div className={widthDots === 576 ? styles.codeBeside : styles.codeBelow}>
        <QrCode text={facts.code} maxSidePx={180} />
        <div>
          <div className={styles.label}>{t('receipt.code')}</div>
          <div className={styles.code}>{facts.code}</div>
          {facts.formerCodes.length > 0 && <FormerCodes codes={facts.formerCodes} t={t} />}
        </div>
      </div>

      <section className={styles.due}>
        <div className={styles.label}>{t('receipt.due')}</div>
        {dossier.dueAtMs === null ? <div className={styles.dueOpen}>{t('receipt.dueOpen')}</div> : <DueAt atMs={dossier.dueAtMs} t={t} />}
        <div className={styles.collect}>{t(`receipt.collectAt.${dossier.resultDelivery}`, { office: printable(heading.officeName) })}</div>
      </section>

      <dl className={styles.facts}>
        {applicantLines(facts, t).map(([label, value, kind]) => (
          <Fact key={label} label={label} value={value} className={kind === 'name' ? parts.name : undefined} />
        ))}
      </dl>

      <Section title={t('receipt.papers')}>
        {facts.received.length === 0 ? (
          <p>{t('receipt.noPapers')}</p>
        ) : (
          <ol className={styles.papers}>
            {facts.received.map((received, index) => (
              <li key={index}>
                {received.name}
                {countWords(received, t).map((words, place) => (
                  <span key={words}>
                    {place === 0 ? ': ' : ', '}
                    <span className={styles.count}>{words}</span>
                  </span>
                ))}
              </li>
            ))}
          </ol>
        )}
      </Section>
      {facts.owed.length > 0 && (
        <section className={styles.owed}>
          <h2>{t('receipt.owed')}</h2>
          <ol className={styles.papers}>
            {facts.owed.map((name, index) => (
              <li key={index}>{name}</li>
            ))}
          </ol>
        </section>
      )}

      <dl className={styles.facts}>
        <Fact label={t('receipt.sets')} value={t('form.setsValue', { sets: counted(facts.sets) })} />
        <Fact label={t('receipt.limit')} value={dossier.dueRule === null ? t('receipt.dueOpen') : dueRuleWords(dossier.dueRule, t)} />
        <Fact label={t('receipt.receivedAt')} value={formatDateTime(dossier.acceptedAtMs)} />
      </dl>

      <Section title={t('receipt.fees')}>
        {facts.fees.length === 0 ? <p>{t('receipt.noFees')}</p> : <Fees fees={facts.fees} totalVnd={facts.totalVnd} t={t} />}
      </Section>
      {facts.note !== undefined && (
        <dl className={styles.facts}>
          <Fact label={t('receipt.note')} value={facts.note} />
        </dl>
      )}

      <div className={styles.signatures}>
        <Signature
          role={t('receipt.signApplicant')}
          hint={t('receipt.signHint')}
          name={submitter?.name ?? (applicant.kind === 'person' ? applicant.name : '')}
        />
        <Signature role={t('receipt.signOfficer')} hint={t('receipt.signHint')} name={facts.operatorName} seal={heading.sealText} />
      </div>
      <footer className={styles.footer}>
        {t('receipt.copies')}
        {heading.address !== undefined && <div>{printable(heading.address)}</div>}
        {heading.phone !== undefined && <div>{t('receipt.askPhone', { phone: printable(heading.phone) })}</div>}
        {heading.footer !== undefined && <div>{printable(heading.footer)}</div>}
      </footer>
    </article>
  );
}

function DueAt({ atMs, t }: { atMs: number; t: PaperWords }) {
  const [date, time] = formatDateTime(atMs).split(' ');
  return <div className={styles.dueAt}>{t('receipt.dueAt', { date: date ?? '', time: time ?? '' })}</div>;
}

function Fact({ label, value, className }: { label: string; value: string | undefined; className?: string }) {
  if (value === undefined) return null;
  return (
    <div>
      <dt>{label}</dt>
      <dd className={className}>{value}</dd>
    </div>
  );
}

function Section({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section className={styles.section}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function Fees({ fees, totalVnd, t }: { fees: readonly FeeFacts[]; totalVnd: number; t: PaperWords }) {
  return (
    <>
      <ul className={styles.fees}>
        {fees.map((fee, index) => (
          <li key={index}>
            <span>{feeWords(fee, t)}</span>
            <b>{formatVnd(fee.amountVnd)}</b>
          </li>
        ))}
        <li className={styles.total}>
          <span>{t('receipt.total')}</span>
          <b>{formatVnd(totalVnd)}</b>
        </li>
      </ul>
      <p>
        {t('receipt.inWords')}: {amountInWords(totalVnd)}
      </p>
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
