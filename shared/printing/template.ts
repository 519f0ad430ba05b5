/**
 * A paper that a province adds in its settings, without code: a list of blocks. Whatever stands in braces must be one of the
 * placeholders below, so that a template that would print nothing, or more than it may, is refused with the reason at the start.
 */
import { z } from 'zod';
import type { Dossier } from '../dossiers/dossier.ts';
import { formatVnd } from '../lib/money.ts';
import { formatDate, formatDateTime, dateAt } from '../lib/time.ts';
import type { OfficeHeading } from './heading.ts';
import { printable } from './printable.ts';
import { receiptFacts, type ReceiptFacts } from './receipt-facts.ts';

type Source = { facts: ReceiptFacts; dossier: Dossier; heading: OfficeHeading; printedAtMs: number };
type Values = Record<string, (source: Source) => string | undefined>;

const values = {
  'dossier.code': ({ facts }) => facts.code,
  'dossier.procedure': ({ facts }) => facts.procedureName,
  'dossier.procedureCode': ({ facts }) => facts.procedureCode,
  'dossier.receivedAt': ({ dossier }) => formatDateTime(dossier.acceptedAtMs),
  'dossier.dueAt': ({ dossier }) => (dossier.dueAtMs === null ? undefined : formatDateTime(dossier.dueAtMs)),
  'dossier.dueDate': ({ dossier }) => (dossier.dueAtMs === null ? undefined : formatDate(dateAt(dossier.dueAtMs))),
  'dossier.sets': ({ facts }) => String(facts.sets),
  'dossier.note': ({ facts }) => facts.note,
  'applicant.name': ({ facts }) => facts.applicant.name,
  'applicant.idNumber': ({ facts }) => facts.applicant.idNumber,
  'applicant.address': ({ facts }) => facts.applicant.address,
  'applicant.phone': ({ facts }) => facts.applicant.phone,
  'applicant.email': ({ facts }) => facts.applicant.email,
  'submitter.name': ({ facts }) => facts.submitter?.name,
  'fees.total': ({ facts }) => formatVnd(facts.totalVnd),
  'office.name': ({ heading }) => printable(heading.officeName),
  'office.agency': ({ heading }) => printable(heading.agencyName),
  'office.address': ({ heading }) => (heading.address === undefined ? undefined : printable(heading.address)),
  'office.phone': ({ heading }) => (heading.phone === undefined ? undefined : printable(heading.phone)),
  'officer.name': ({ facts }) => facts.operatorName,
  'paper.date': ({ printedAtMs }) => formatDate(dateAt(printedAtMs)),
  'paper.time': ({ printedAtMs }) => formatDateTime(printedAtMs).slice(11),
} satisfies Values;
export const placeholders = Object.keys(values) as (keyof typeof values)[];

const tables = {
  papers: ({ facts }: Source) =>
    facts.received.map((paper, index) => ({
      'row.number': String(index + 1),
      'row.name': paper.name,
      'row.originals': String(paper.originals),
      'row.certifiedCopies': String(paper.certifiedCopies),
      'row.photocopies': String(paper.photocopies),
    })),
  owed: ({ facts }: Source) => facts.owed.map((name, index) => ({ 'row.number': String(index + 1), 'row.name': name })),
  fees: ({ facts }: Source) =>
    facts.fees.map((fee, index) => ({
      'row.number': String(index + 1),
      'row.name': fee.name,
      'row.quantity': String(fee.quantity),
      'row.amount': formatVnd(fee.amountVnd),
    })),
};
const rowPlaceholders: Record<keyof typeof tables, readonly string[]> = {
  papers: ['row.number', 'row.name', 'row.originals', 'row.certifiedCopies', 'row.photocopies'],
  owed: ['row.number', 'row.name'],
  fees: ['row.number', 'row.name', 'row.quantity', 'row.amount'],
};

const BRACED = /\{\{([^{}]*)\}\}/gu;

/** Text whose braces hold only `allowed` names; what is wrong is said. */
const filledWith = (allowed: readonly string[], max: number) =>
  z
    .string()
    .max(max)
    .superRefine((text, context) => {
      for (const [, name = ''] of text.matchAll(BRACED))
        if (!allowed.includes(name.trim())) context.addIssue({ code: 'custom', message: `no placeholder "${name.trim()}"; there are: ${allowed.join(', ')}` });
      if (/[{}]/u.test(text.replace(BRACED, ''))) context.addIssue({ code: 'custom', message: 'a brace without its partner' });
    });

const align = z.enum(['left', 'center', 'right']).default('left');
const columns = (allowed: readonly string[]) =>
  z
    .array(z.strictObject({ title: z.string().max(60).default(''), value: filledWith(allowed, 120), align }))
    .min(1)
    .max(5);
const tableOf = (name: keyof typeof tables) =>
  z.strictObject({ type: z.literal('table'), of: z.literal(name), columns: columns(rowPlaceholders[name]), whenEmpty: z.string().max(120).optional() });

const blockSchema = z.union([
  z.strictObject({
    type: z.literal('text'),
    text: filledWith(placeholders, 1000).refine((text) => text.trim() !== '', 'no text'),
    align,
    size: z.enum(['small', 'normal', 'large', 'huge']).default('normal'),
    bold: z.boolean().default(false),
  }),
  /** Left out when its value is empty. */
  z.strictObject({ type: z.literal('field'), label: z.string().trim().min(1).max(80), value: filledWith(placeholders, 300) }),
  z.strictObject({ type: z.literal('line'), style: z.enum(['solid', 'dashed', 'blank']).default('solid') }),
  /** Only what is ours may be encoded: never what a citizen typed. */
  z.strictObject({
    type: z.literal('qr'),
    text: filledWith(['dossier.code', 'dossier.procedureCode'], 200).refine((text) => /^[\x20-\x7e]+$/u.test(text), 'printable ASCII only'),
  }),
  z.union([tableOf('papers'), tableOf('owed'), tableOf('fees')]),
]);
type TemplateBlock = z.infer<typeof blockSchema>;

export const paperTemplateSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/u),
  /** On the button and at the top of the paper. */
  name: z.string().trim().min(1).max(100),
  /** Where it may be printed. */
  media: z
    .array(z.enum(['roll', 'sheet']))
    .min(1)
    .default(['roll', 'sheet']),
  blocks: z.array(blockSchema).min(1).max(60),
});
export type PaperTemplate = z.infer<typeof paperTemplateSchema>;

const plainAlign = z.enum(['left', 'center', 'right']);
/** A block with its placeholders filled: ready to be set in type. */
export const filledBlockSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string(), align: plainAlign, size: z.enum(['small', 'normal', 'large', 'huge']), bold: z.boolean() }),
  z.object({ type: z.literal('field'), label: z.string(), value: z.string() }),
  z.object({ type: z.literal('line'), style: z.enum(['solid', 'dashed', 'blank']) }),
  z.object({ type: z.literal('qr'), text: z.string() }),
  z.object({ type: z.literal('table'), columns: z.array(z.object({ title: z.string(), align: plainAlign })), rows: z.array(z.array(z.string())) }),
]);
export type FilledBlock = z.infer<typeof filledBlockSchema>;

/** What stays of the template for this dossier; a placeholder without a value is left empty. */
export function fillTemplate({ blocks }: PaperTemplate, source: Omit<Source, 'facts'>): FilledBlock[] {
  const whole: Source = { ...source, facts: receiptFacts(source.dossier) };
  return blocks.flatMap((block) => filled(block, whole) ?? []);
}

function filled(block: TemplateBlock, source: Source): FilledBlock | undefined {
  const fill = (text: string): string => printable(text.replace(BRACED, (_, name: string) => valueOf(name.trim(), source) ?? ''));
  switch (block.type) {
    case 'text': {
      const text = fill(block.text);
      return text === '' ? undefined : { ...block, text };
    }
    case 'field': {
      const value = fill(block.value);
      return value === '' ? undefined : { ...block, value };
    }
    case 'qr':
      return { type: 'qr', text: fill(block.text) };
    case 'line':
      return block;
    case 'table': {
      const cells: Record<string, string>[] = tables[block.of](source);
      const rows = cells.map((row) => block.columns.map(({ value }) => printable(value.replace(BRACED, (_, name: string) => row[name.trim()] ?? ''))));
      if (rows.length > 0) return { type: 'table', columns: block.columns, rows };
      return block.whenEmpty === undefined ? undefined : { type: 'text', text: block.whenEmpty, align: 'left', size: 'normal', bold: false };
    }
  }
}

const valueOf = (name: string, source: Source): string | undefined => (values as Values)[name]?.(source);
