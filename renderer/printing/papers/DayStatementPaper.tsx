/** The day of one device on paper, with the head of its chain: whoever holds this can show that the day was changed later. */
import { amountInWords } from '../../../shared/fees/words.ts';
import { formatVnd } from '../../../shared/lib/money.ts';
import { formatDate, formatDateTime } from '../../../shared/lib/time.ts';
import type { DayStatementPaper as DayStatement } from '../../../shared/printing/paper.ts';
import { printable } from '../../../shared/printing/printable.ts';
import { counted } from '../../../shared/printing/due-words.ts';
import type { PaperWords } from '../../../shared/printing/paper-words.ts';
import { PaperFrame, type Medium } from './PaperFrame.tsx';
import { Box, Facts, Rows, Signatures } from './parts.tsx';

/** Half of a SHA-256: nobody finds another chain with it, and people can still compare it. */
const HASH_SHOWN = 32;

export function DayStatementPaper({ paper, reprint, medium, t }: { paper: DayStatement; reprint: number; medium: Medium; t: PaperWords }) {
  const { heading, fees, tickets, head } = paper;
  const total = fees.phiVnd + fees.lePhiVnd;
  return (
    <PaperFrame
      medium={medium}
      heading={heading}
      reprint={reprint}
      qr={`QMC ${paper.date} ${head.seq} ${head.hash.slice(0, HASH_SHOWN)}`}
      code={{ label: t('dayStatement.day'), value: formatDate(paper.date) }}
      atMs={paper.printedAtMs}
      titleKey="dayStatement.title"
      t={t}
    >
      <Facts
        facts={[
          [t('dayStatement.counter'), printable(paper.counter)],
          [t('dayStatement.closedAt'), paper.closedAtMs === null ? t('dayStatement.notClosed') : formatDateTime(paper.closedAtMs)],
        ]}
      />
      <Rows
        columns={[{ title: t('dayStatement.procedure') }, { title: t('dayStatement.dossiers'), align: 'right', width: 22 }]}
        rows={paper.procedures.map(({ name, code, count }) => [`${printable(name)} (${printable(code)})`, counted(count)])}
        total={[t('receipt.total'), counted(paper.dossiers)]}
      />
      <Box label={t('receipt.fees')}>{formatVnd(total)}</Box>
      <Facts
        facts={[
          [t('receipt.inWords'), amountInWords(total)],
          [t('receipt.kind.phi'), formatVnd(fees.phiVnd)],
          [t('receipt.kind.le-phi'), formatVnd(fees.lePhiVnd)],
          ...(tickets === null
            ? []
            : ([
                [t('dayStatement.tickets'), t('dayStatement.ticketsOf', { issued: tickets.issued, served: tickets.served, noShow: tickets.noShow })],
              ] satisfies [string, string][])),
          [t('dayStatement.head'), t('dayStatement.headOf', { seq: head.seq, hash: (head.hash.slice(0, HASH_SHOWN).match(/.{1,8}/gu) ?? []).join(' ') })],
        ]}
      />
      <Signatures
        signers={[
          { role: t('dayStatement.operator'), hint: t('receipt.signHint'), name: printable(paper.operatorName) },
          { role: t('dayStatement.leader'), hint: t('receipt.signHint'), seal: heading.sealText },
        ]}
      />
    </PaperFrame>
  );
}
