/** The queue ticket on a roll: the number first, readable at arm's length without glasses. */
import { formatDateTime } from '../../../shared/lib/time.ts';
import { printable } from '../../../shared/printing/printable.ts';
import type { TicketPaper as Ticket } from '../../../shared/printing/paper.ts';
import type { PaperWords } from '../../../shared/printing/paper-words.ts';
import { counted } from '../../../shared/printing/due-words.ts';
import { Heading } from './Heading.tsx';
import { QrCode } from './QrCode.tsx';
import styles from './roll.module.css';

export function TicketPaper({ paper, reprint, t }: { paper: Ticket; reprint: number; t: PaperWords }) {
  const { ticket, heading } = paper;
  const bring = (paper.papersToBring ?? []).map(printable).filter((name) => name !== '');
  return (
    <article>
      <Heading heading={heading} reprint={reprint} t={t} />
      <div className={styles.numberLabel}>{t('ticket.number')}</div>
      <div className={styles.number}>{ticket.number}</div>
      <div className={styles.group}>{printable(paper.groupName)}</div>
      {ticket.priority !== 'none' && <div className={styles.priority}>{t('ticket.priority', { reason: t(`ticket.reason.${ticket.priority}`) })}</div>}
      <div className={styles.ticketFacts}>
        <dl className={styles.pairs}>
          <div>
            <dt>{t('ticket.waitingAhead')}</dt>
            <dd>{counted(paper.waitingAhead)}</dd>
          </div>
          {paper.expectedWaitMs !== undefined && (
            <div>
              <dt>{t('ticket.expectedWait')}</dt>
              <dd>{t('ticket.minutes', { count: Math.max(1, Math.ceil(paper.expectedWaitMs / 60_000)) })}</dd>
            </div>
          )}
          {paper.counters !== undefined && paper.counters.length > 0 && (
            <div>
              <dt>{t('ticket.counters')}</dt>
              <dd>{paper.counters.map(printable).join(', ')}</dd>
            </div>
          )}
          <div>
            <dt>{t('ticket.issuedAt')}</dt>
            <dd>{formatDateTime(ticket.issuedAtMs)}</dd>
          </div>
        </dl>
        <QrCode text={ticket.ticketId} maxSidePx={140} />
      </div>
      {bring.length > 0 && (
        <section className={styles.bring}>
          <h2>{t('ticket.bring')}</h2>
          <ul>
            {bring.map((name, index) => (
              <li key={index}>{name}</li>
            ))}
          </ul>
        </section>
      )}
      <footer className={styles.footer}>
        {t('ticket.wait')} {t('ticket.today')}
        {heading.address !== undefined && <div>{printable(heading.address)}</div>}
        {heading.footer !== undefined && <div>{printable(heading.footer)}</div>}
      </footer>
    </article>
  );
}
