/** What counter and province do not agree on, dossier by dossier: complete, and the same whatever order either lists them in. */
import { z } from 'zod';
import type { FeeTotals, Statement, StatementLine, TicketTotals } from './statement.ts';

/**
 * - `missing`: the counter has it, the province does not; `unknown`: the other way round.
 * - `other-…`: both have it and it is not the same; `counter` and `province` say what each holds.
 * - `fees`, `tickets`: totals that no dossier explains.
 * - `chain`: from `seq` on the journals are not the same, or what the province holds does not fit its own hash.
 */
export const differenceKinds = [
  'missing',
  'unknown',
  'other-code',
  'other-state',
  'other-procedure',
  'other-channel',
  'other-body',
  'fees',
  'tickets',
  'chain',
] as const;

export const differenceSchema = z.object({
  kind: z.enum(differenceKinds),
  dossierId: z.uuid().optional(),
  code: z.string().optional(),
  counter: z.string().optional(),
  province: z.string().optional(),
  seq: z.int().optional(),
});
export type Difference = z.infer<typeof differenceSchema>;

/** The same day, as the province finds it in what it holds. */
export type ProvinceRecord = {
  /** How far it holds the device's journal. */
  heldSeq: number;
  /** The hash it holds at the statement's head; undefined when it holds none. */
  hashAtHead: string | undefined;
  /** The first entry of the day that does not fit its hash or the one before it. */
  brokenAt: number | undefined;
  dossiers: readonly StatementLine[];
  fees: FeeTotals;
  tickets: TicketTotals;
};

/** `waiting`: entries of the day are still on their way; compared again when they are there. */
export const outcomeSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('agrees') }),
  z.object({ status: z.literal('waiting') }),
  z.object({ status: z.literal('differs'), differences: z.array(differenceSchema).min(1) }),
]);
export type Outcome = z.infer<typeof outcomeSchema>;

export function compare(statement: Statement, record: ProvinceRecord): Outcome {
  if (record.heldSeq < statement.head.seq) return { status: 'waiting' };
  return outcomeOf([
    ...compareDossiers(statement.dossiers, record.dossiers),
    ...totals('fees', statement.fees, record.fees),
    ...totals('tickets', statement.tickets, record.tickets),
    ...chain(statement, record),
  ]);
}

/** Each difference once, in a fixed order. */
export function outcomeOf(differences: readonly Difference[]): Outcome {
  const distinct = new Map(differences.map((difference) => [orderOf(difference), difference]));
  if (distinct.size === 0) return { status: 'agrees' };
  return { status: 'differs', differences: [...distinct].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, difference]) => difference) };
}

const orderOf = ({ kind, code = '', dossierId = '', seq = 0 }: Difference): string =>
  [code === '' ? 1 : 0, code, dossierId, differenceKinds.indexOf(kind), String(seq).padStart(16, '0')].join('\n');

const compared = [
  ['other-code', 'code'],
  ['other-state', 'state'],
  ['other-procedure', 'procedureCode'],
  ['other-channel', 'channel'],
] as const;

export function compareDossiers(counter: readonly StatementLine[], province: readonly StatementLine[]): Difference[] {
  const held = new Map(province.map((line) => [line.dossierId, line]));
  const named = new Set(counter.map(({ dossierId }) => dossierId));
  const differences: Difference[] = province.filter(({ dossierId }) => !named.has(dossierId)).map((line) => ({ kind: 'unknown', ...nameOf(line) }));
  for (const line of counter) {
    const other = held.get(line.dossierId);
    if (other === undefined) {
      differences.push({ kind: 'missing', ...nameOf(line) });
      continue;
    }
    for (const [kind, field] of compared) {
      if (line[field] !== other[field]) differences.push({ kind, ...nameOf(line), counter: line[field], province: other[field] });
    }
    if (line.digest !== other.digest) differences.push({ kind: 'other-body', ...nameOf(line) });
  }
  return differences;
}

const nameOf = ({ dossierId, code }: StatementLine): Pick<Difference, 'dossierId' | 'code'> => ({ dossierId, code });

function totals<T extends Record<string, number>>(kind: 'fees' | 'tickets', counter: T, province: T): Difference[] {
  const inWords = (one: T): string => Object.values(one).join(' · ');
  const isSame = Object.keys(counter).every((name) => counter[name] === province[name]);
  return isSame ? [] : [{ kind, counter: inWords(counter), province: inWords(province) }];
}

function chain({ head }: Statement, { brokenAt, hashAtHead }: ProvinceRecord): Difference[] {
  const seq = brokenAt ?? (hashAtHead === head.hash ? undefined : head.seq);
  return seq === undefined ? [] : [{ kind: 'chain', seq }];
}
