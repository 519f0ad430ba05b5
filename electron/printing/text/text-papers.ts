/** The papers that can be printed in a printer's own letters: the words and the order of the drawn ones. */
import { amountInWords } from '../../../shared/fees/words.ts';
import { formatVnd } from '../../../shared/lib/money.ts';
import { formatDateTime } from '../../../shared/lib/time.ts';
import { counted, dueRuleWords } from '../../../shared/printing/due-words.ts';
import type { OfficeHeading } from '../../../shared/printing/heading.ts';
import type { Paper, ReceiptPaper, TicketPaper } from '../../../shared/printing/paper.ts';
import type { PaperWords } from '../../../shared/printing/paper-words.ts';
import { printable } from '../../../shared/printing/printable.ts';
import { receiptFacts } from '../../../shared/printing/receipt-facts.ts';
import { applicantLines, countWords, feeWords } from '../../../shared/printing/receipt-words.ts';
import type { TextBlock } from './text-blocks.ts';

/** Undefined for a paper that is always drawn. */
export function textBlocksOf(paper: Paper, reprint: number, t: PaperWords): TextBlock[] | undefined {
  switch (paper.kind) {
    case 'ticket':
      return ticketBlocks(paper, reprint, t);
    case 'receipt':
      return receiptBlocks(paper, reprint, t);
    default:
      return undefined;
  }
}

const centred = (text: string, look: { isBold?: boolean; size?: 'tall' | 'large' | 'huge' } = {}): TextBlock => ({
  type: 'text',
  text,
  isCentred: true,
  ...look,
});
const fact = (label: string, value: string | undefined): TextBlock[] => (value === undefined || value === '' ? [] : [{ type: 'fact', label, value }]);
const footLine = (text: string | undefined): TextBlock[] => (text === undefined ? [] : [centred(printable(text))]);

const headingBlocks = ({ header = [], agencyName, officeName }: OfficeHeading, reprint: number, t: PaperWords): TextBlock[] => [
  ...[...header, agencyName].map((line) => centred(printable(line))),
  centred(printable(officeName), { isBold: true }),
  ...(reprint > 0 ? [centred(t('reprint', { number: reprint }), { isBold: true, size: 'tall' })] : []),
  { type: 'rule' },
];

function ticketBlocks(
  { heading, ticket, groupName, waitingAhead, expectedWaitMs, counters = [], papersToBring = [] }: TicketPaper,
  reprint: number,
  t: PaperWords,
): TextBlock[] {
  const bring = papersToBring.map(printable).filter((name) => name !== '');
  return [
    ...headingBlocks(heading, reprint, t),
    centred(t('ticket.number')),
    centred(ticket.number, { size: 'huge', isBold: true }),
    centred(printable(groupName), { isBold: true, size: 'tall' }),
    ...(ticket.priority === 'none' ? [] : [centred(t('ticket.priority', { reason: t(`ticket.reason.${ticket.priority}`) }), { isBold: true })]),
    { type: 'rule' },
    ...fact(t('ticket.waitingAhead'), counted(waitingAhead)),
    ...fact(
      t('ticket.expectedWait'),
      expectedWaitMs === undefined ? undefined : t('ticket.minutes', { count: Math.max(1, Math.ceil(expectedWaitMs / 60_000)) }),
    ),
    ...fact(t('ticket.counters'), counters.map(printable).join(', ')),
    ...fact(t('ticket.issuedAt'), formatDateTime(ticket.issuedAtMs)),
    { type: 'qr', text: ticket.ticketId, dots: 4 },
    ...(bring.length === 0 ? [] : [{ type: 'text', text: t('ticket.bring'), isBold: true } as const]),
    ...bring.map((text): TextBlock => ({ type: 'item', mark: '-', text })),
    { type: 'rule' },
    centred(`${t('ticket.wait')} ${t('ticket.today')}`),
    ...footLine(heading.address),
    ...footLine(heading.footer),
  ];
}

function receiptBlocks({ heading, dossier }: ReceiptPaper, reprint: number, t: PaperWords): TextBlock[] {
  const facts = receiptFacts(dossier);
  const { applicant, submitter } = facts;
  const [dueDate = '', dueTime = ''] = dossier.dueAtMs === null ? [] : formatDateTime(dossier.dueAtMs).split(' ');
  const title = (text: string): TextBlock => ({ type: 'text', text, isBold: true });
  const numbered = (texts: readonly string[]): TextBlock[] => texts.map((text, at) => ({ type: 'item', mark: `${at + 1}.`, text }));
  const above = (role: string, seal?: string): string[] => [role, t('receipt.signHint'), ...(seal === undefined ? [] : [printable(seal)])];
  return [
    ...headingBlocks(heading, reprint, t),
    centred(t('receipt.title'), { isBold: true, size: 'tall' }),
    centred(`${t('receipt.form')} · ${t('receipt.agencyCode')} ${printable(dossier.agencyCode)}`),
    { type: 'qr', text: facts.code, dots: 6 },
    centred(t('receipt.code')),
    // The longest code that fits twice as wide on the narrow roll.
    centred(facts.code, { isBold: true, size: facts.code.length <= 16 ? 'large' : 'tall' }),
    ...(facts.formerCodes.length === 0 ? [] : [centred(`${t('receipt.replaces')} ${facts.formerCodes.join(' ')}`)]),
    { type: 'rule' },
    centred(t('receipt.due')),
    dossier.dueAtMs === null
      ? centred(t('receipt.dueOpen'), { isBold: true })
      : centred(t('receipt.dueAt', { date: dueDate, time: dueTime }), { isBold: true, size: 'tall' }),
    centred(t(`receipt.collectAt.${dossier.resultDelivery}`, { office: printable(heading.officeName) })),
    { type: 'rule' },
    ...applicantLines(facts, t).flatMap(([label, value]) => fact(label, value)),
    { type: 'space' },
    title(t('receipt.papers')),
    ...(facts.received.length === 0
      ? [{ type: 'text', text: t('receipt.noPapers') } as const]
      : numbered(facts.received.map((paper) => [paper.name, countWords(paper, t).join(', ')].filter(Boolean).join(': ')))),
    ...(facts.owed.length === 0 ? [] : [title(t('receipt.owed')), ...numbered(facts.owed)]),
    { type: 'space' },
    ...fact(t('receipt.sets'), t('form.setsValue', { sets: counted(facts.sets) })),
    ...fact(t('receipt.limit'), dossier.dueRule === null ? t('receipt.dueOpen') : dueRuleWords(dossier.dueRule, t)),
    ...fact(t('receipt.receivedAt'), formatDateTime(dossier.acceptedAtMs)),
    { type: 'space' },
    title(t('receipt.fees')),
    ...(facts.fees.length === 0
      ? [{ type: 'text', text: t('receipt.noFees') } as const]
      : [
          ...facts.fees.map((fee): TextBlock => ({ type: 'sum', text: feeWords(fee, t), amount: formatVnd(fee.amountVnd) })),
          { type: 'sum', text: t('receipt.total'), amount: formatVnd(facts.totalVnd), isBold: true } as const,
          ...fact(t('receipt.inWords'), amountInWords(facts.totalVnd)),
        ]),
    ...fact(t('receipt.note'), facts.note),
    { type: 'space' },
    {
      type: 'signatures',
      signers: [
        { above: above(t('receipt.signApplicant')), name: submitter?.name ?? (applicant.kind === 'person' ? applicant.name : '') },
        { above: above(t('receipt.signOfficer'), heading.sealText), name: facts.operatorName },
      ],
    },
    { type: 'rule' },
    centred(t('receipt.copies')),
    ...footLine(heading.address),
    ...(heading.phone === undefined ? [] : [centred(t('receipt.askPhone', { phone: printable(heading.phone) }))]),
    ...footLine(heading.footer),
  ];
}
