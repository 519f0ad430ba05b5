/** The days of a journal, folded entry by entry: from it the statement of any date at any later head can be written. */
import { z } from 'zod';
import { channels, plainDateSchema, type Dossier } from '../dossiers/dossier.ts';
import type { JournalEntry, Operation } from '../journal/operation.ts';
import { dateAt, type PlainDate } from '../lib/time.ts';
import { sha256Schema } from '../scanning/scan.ts';
import { canonicalJson } from './canonical-json.ts';
import { countLines, type FeeTotals, type Statement, type StatementHead, type StatementLine } from './statement.ts';

/** Hex SHA-256 of the text's UTF-8 bytes. */
export type Sha256 = (text: string) => string;

const seq = z.int().min(1);
const seqs = z.array(seq);
/** What one entry says of a dossier. */
const versionSchema = z.object({
  seq,
  code: z.string(),
  procedureCode: z.string(),
  channel: z.enum(channels),
  digest: sha256Schema,
  phiVnd: z.int(),
  lePhiVnd: z.int(),
});
type Version = z.infer<typeof versionSchema>;
const bookedSchema = versionSchema.extend({
  dossierId: z.string(),
  /** What corrections said after its first entry, in order. */
  corrected: z.array(versionSchema).optional(),
  /** The entry that handed it over to the agency (postal counters). */
  handedOverSeq: seq.optional(),
});
type BookedDossier = z.infer<typeof bookedSchema>;

const closingSchema = z.object({ head: z.object({ seq, hash: sha256Schema }), digest: sha256Schema, atMs: z.int() });

export const dayPageSchema = z.object({
  date: plainDateSchema,
  dossiers: z.array(bookedSchema),
  /** Where in the journal each happened, so that the day can be told as it stood at any head. */
  tickets: z.object({ issued: seqs, called: seqs, served: seqs, noShow: seqs }),
  /** The newest time the day was closed. */
  closing: closingSchema.nullable(),
});
export type DayPage = z.infer<typeof dayPageSchema>;

/** Kept by its owner over restarts; losing it costs only reading the journal again. */
export const dayBookSchema = z.object({ throughSeq: z.int().nonnegative(), pages: z.record(z.string(), dayPageSchema) });
export type DayBook = z.infer<typeof dayBookSchema>;

export const emptyDayBook = (): DayBook => ({ throughSeq: 0, pages: {} });

const emptyPage = (date: PlainDate): DayPage => ({ date, dossiers: [], tickets: { issued: [], called: [], served: [], noShow: [] }, closing: null });

const digestOf = (dossier: object, sha256: Sha256): string => sha256(canonicalJson(dossier));

export function feesOf(dossiers: readonly Pick<Dossier, 'fees'>[]): FeeTotals {
  const totals = { phiVnd: 0, lePhiVnd: 0 };
  for (const { kind, amountVnd } of dossiers.flatMap(({ fees }) => fees)) totals[kind === 'phi' ? 'phiVnd' : 'lePhiVnd'] += amountVnd;
  return totals;
}

/** A dossier as a statement names it. `body` is the accepted dossier with whatever fields it was written with. */
export const lineOf = (body: Dossier, sha256: Sha256): StatementLine => ({
  dossierId: body.dossierId,
  code: body.code,
  procedureCode: body.procedureCode,
  channel: body.channel,
  state: 'accepted',
  digest: digestOf(body, sha256),
});

/**
 * Adds one entry, in place: a day has thousands of lines and each is added once. Entries come in order of seq; one that was
 * taken before changes nothing. A dossier belongs to the date it was accepted on, whenever it was journalled.
 */
export function addToBook(book: DayBook, entry: Pick<JournalEntry, 'seq' | 'atMs'> & { operation: Operation }, sha256: Sha256): void {
  if (entry.seq <= book.throughSeq) return;
  book.throughSeq = entry.seq;
  const { operation } = entry;
  const pageOf = (date: PlainDate): DayPage => (book.pages[date] ??= emptyPage(date));
  switch (operation.type) {
    case 'dossier.accepted':
    case 'dossier.corrected': {
      const { dossier } = operation;
      const { code, procedureCode, channel, digest } = lineOf(dossier, sha256);
      const version: Version = { seq: entry.seq, code, procedureCode, channel, digest, ...feesOf([dossier]) };
      const page = pageOf(dateAt(dossier.acceptedAtMs));
      const booked = page.dossiers.find(({ dossierId }) => dossierId === dossier.dossierId);
      // What was accepted and refused is not in the province's book: there a correction is the first it hears of the dossier.
      if (booked === undefined) page.dossiers.push({ ...version, dossierId: dossier.dossierId });
      else if (operation.type === 'dossier.corrected') booked.corrected = [...(booked.corrected ?? []), version];
      return;
    }
    case 'ticket.issued':
      pageOf(operation.ticket.date).tickets.issued.push(entry.seq);
      return;
    case 'ticket.called':
      pageOf(dateAt(operation.atMs)).tickets.called.push(entry.seq);
      return;
    case 'ticket.finished':
      pageOf(dateAt(operation.atMs)).tickets.served.push(entry.seq);
      return;
    case 'ticket.no-show':
      pageOf(dateAt(operation.atMs)).tickets.noShow.push(entry.seq);
      return;
    case 'dossiers.handed-over': {
      const handedOver = new Set<string>(operation.dossierIds);
      const booked = Object.values(book.pages).flatMap(({ dossiers }) => dossiers);
      for (const one of booked) if (handedOver.has(one.dossierId)) one.handedOverSeq ??= entry.seq;
      return;
    }
    case 'day.closed':
      pageOf(operation.date).closing = { head: operation.head, digest: operation.statement, atMs: entry.atMs };
      return;
    default:
      // Everything else happens to the device, not to a day.
      return;
  }
}

const versionsOf = (booked: BookedDossier): Version[] => [booked, ...(booked.corrected ?? [])];

/** A dossier as it stood at `headSeq`; what befell it later is told by later statements only. */
const versionAt = (booked: BookedDossier, headSeq: number): Version => versionsOf(booked).findLast((version) => version.seq <= headSeq) ?? booked;

function lineAt(booked: BookedDossier, headSeq: number): StatementLine {
  const { code, procedureCode, channel, digest } = versionAt(booked, headSeq);
  const { dossierId, handedOverSeq = Infinity } = booked;
  return { dossierId, code, procedureCode, channel, state: handedOverSeq <= headSeq ? 'handed-over' : 'accepted', digest };
}

const allSeqs = ({ dossiers, tickets }: DayPage): number[] => [...dossiers.flatMap(versionsOf).map((one) => one.seq), ...Object.values(tickets).flat()];

/** The last entry that belongs to the day; 0 when it has none. */
export const lastSeqOf = (page: DayPage): number => Math.max(0, ...allSeqs(page));

/** Something happened on this date that no closing covers. */
export const isOpen = (page: DayPage): boolean => lastSeqOf(page) > (page.closing?.head.seq ?? 0);

/** The day as it stood at `head`: the same from the same entries, however many have come since. Undefined when nothing had happened by then. */
export function statementOf(page: DayPage, journalId: string, head: StatementHead): Statement | undefined {
  const isIn = (at: number): boolean => at <= head.seq;
  const seqsIn = allSeqs(page).filter(isIn);
  if (seqsIn.length === 0) return undefined;
  const booked = page.dossiers.filter((one) => isIn(one.seq)).sort((a, b) => a.seq - b.seq);
  const dossiers = booked.map((one) => lineAt(one, head.seq));
  const versions = booked.map((one) => versionAt(one, head.seq));
  const { issued, called, served, noShow } = page.tickets;
  const howMany = (at: readonly number[]): number => at.filter(isIn).length;
  return {
    version: 1,
    date: page.date,
    journalId,
    firstSeq: seqsIn.reduce((least, at) => Math.min(least, at)),
    head,
    counts: countLines(dossiers),
    dossiers,
    fees: {
      phiVnd: versions.reduce((sum, { phiVnd }) => sum + phiVnd, 0),
      lePhiVnd: versions.reduce((sum, { lePhiVnd }) => sum + lePhiVnd, 0),
    },
    tickets: { issued: howMany(issued), called: howMany(called), served: howMany(served), noShow: howMany(noShow) },
  };
}
