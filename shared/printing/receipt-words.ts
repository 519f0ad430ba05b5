/** Words of a receipt that stand on the short form, whether it is drawn or printed in letters. */
import { counted } from './due-words.ts';
import type { PaperWords } from './paper-words.ts';
import type { FeeFacts, PaperFacts, ReceiptFacts } from './receipt-facts.ts';

/** `01 bản chính`, `02 bản chụp`; kinds that were not handed in are left out. */
export function countWords(paper: PaperFacts, t: PaperWords): string[] {
  const kinds = ['originals', 'certifiedCopies', 'photocopies'] as const;
  return kinds.filter((kind) => paper[kind] > 0).map((kind) => t(`receipt.${kind}`, { copies: counted(paper[kind]) }));
}

/** `Phí: Thẩm định × 2 (giảm 50 %)`. */
export function feeWords({ kind, name, quantity, exemption }: FeeFacts, t: PaperWords): string {
  const times = quantity > 1 ? ` ${t('receipt.times', { quantity })}` : '';
  return `${t(`receipt.kind.${kind}`)}: ${name}${times}${exemption === undefined ? '' : ` (${exemption})`}`;
}

/** A value nobody gave is undefined; a `name` is what others will type again from the paper. */
type FactLine = [label: string, value: string | undefined, kind?: 'name'];

/** Who asks for what. */
export const applicantLines = ({ applicant, submitter, procedureName, procedureCode }: ReceiptFacts, t: PaperWords): FactLine[] => [
  [t(`receipt.applicant.${applicant.kind}`), applicant.name, 'name'],
  [t(`receipt.idNumber.${applicant.kind}`), applicant.idNumber],
  [t('receipt.address'), applicant.address],
  [t('receipt.phone'), applicant.phone],
  [t('receipt.email'), applicant.email],
  ...(submitter === undefined
    ? []
    : [[t(`receipt.submitter.${submitter.relation}`), [submitter.name, submitter.idNumber, submitter.phone].filter(Boolean).join(' · ')] satisfies FactLine]),
  [t('receipt.content'), t('receipt.procedure', { name: procedureName, code: procedureCode })],
];
