/** Owns what each operation does at the province. */
import type { z } from 'zod';
import { type NumberLease, type Operation, operationSchema } from '../../shared/journal/operation.ts';
import { unreachable } from '../../shared/lib/result.ts';
import { dateAt, instantOf, type PlainDate } from '../../shared/lib/time.ts';
import type { Rating } from '../../shared/lobby/rating.ts';
import type { WireEntry } from '../../shared/sync/protocol.ts';
import type { Connection } from '../db/database.ts';
import type { DossierOutcome, NewDossier, TextedDossier } from '../dossiers/dossier-store.ts';
import type { TicketMove } from '../queue/ticket-store.ts';
import type { Ticket } from '../../shared/queue/ticket.ts';
import type { JournalOwner, Verdict } from './journal-store.ts';

/** What the other features do when an operation reaches the province; each runs inside the entry's transaction. */
export type Effects = {
  installCatalogue(trx: Connection, deviceId: string, version: string): Promise<void>;
  /** False when its numbers are another device's. */
  confirmLease(trx: Connection, device: { deviceId: string; agencyCode: string }, lease: NumberLease, at: Date): Promise<boolean>;
  /** False when the ticket belongs to another office. */
  issueTicket(trx: Connection, officeId: string, ticket: Ticket): Promise<boolean>;
  moveTicket(trx: Connection, officeId: string, move: TicketMove): Promise<boolean>;
  countRating(trx: Connection, officeId: string, date: PlainDate, rating: Rating): Promise<void>;
  insertDossier(trx: Connection, dossier: NewDossier): Promise<DossierOutcome>;
  /** `dossier-exists`: what is held of it was never in this device's journal. */
  correctDossier(trx: Connection, dossier: NewDossier): Promise<DossierOutcome>;
  /** Throws a data error when any of them cannot be stored. */
  insertDossiers(trx: Connection, dossiers: readonly TextedDossier[]): Promise<void>;
};

const applied: Verdict = { status: 'applied' };
const rejected = (reason: string, field?: string): Verdict => ({ status: 'rejected', reason, ...(field === undefined ? {} : { field }) });

const LAST_DATE_MS = instantOf('9999-12-31', '23:59');

const knownTypes = new Set<unknown>(operationSchema.options.map((option) => option.shape.type.value));

const pointerOf = (issue: z.core.$ZodIssue | undefined): string =>
  `/${(issue?.path ?? []).map((key) => String(key).replace(/~/gu, '~0').replace(/\//gu, '~1')).join('/')}`;

/**
 * Judges and applies one operation whose content was looked at (`contentFault`). Runs inside the transaction that
 * holds the idempotency record. An operation of a type this server does not know is rejected as
 * `unknown-operation`; its text stays in the journal, and offering it again after an update applies it.
 */
export async function applyOperation(trx: Connection, effects: Effects, owner: JournalOwner, entry: WireEntry, at: Date): Promise<Verdict> {
  const type = (entry.operation as { type?: unknown } | null | undefined)?.type;
  if (typeof type === 'string' && !knownTypes.has(type)) return rejected('unknown-operation', '/type');
  const parsed = operationSchema.safeParse(entry.operation);
  if (!parsed.success) return rejected('invalid', pointerOf(parsed.error.issues[0]));
  return effectOf(trx, effects, owner, entry, parsed.data, at);
}

/** Also of operations that are applied together; the dossiers among them apart, all at once. */
export async function effectOf(trx: Connection, effects: Effects, owner: JournalOwner, entry: WireEntry, operation: Operation, at: Date): Promise<Verdict> {
  switch (operation.type) {
    case 'device.enrolled':
      return operation.deviceId === owner.deviceId ? applied : rejected('foreign-device', '/deviceId');
    case 'numbers.leased':
      return (await effects.confirmLease(trx, owner, operation.lease, at)) ? applied : rejected('lease-taken', '/lease');
    case 'catalogue.installed':
      await effects.installCatalogue(trx, owner.deviceId, operation.version);
      return applied;
    case 'service.rated':
      // Of a clock whose moment has no date of four digits.
      if (entry.atMs > LAST_DATE_MS) return rejected('invalid', '/atMs');
      await effects.countRating(trx, owner.officeId, dateAt(entry.atMs), operation.rating);
      return applied;
    case 'keys.rotated':
    case 'dossiers.handed-over':
    case 'day.closed':
    case 'device.quarantined':
      // Kept in the journal for whoever audits the device.
      return applied;
    case 'ticket.issued':
      return (await effects.issueTicket(trx, owner.officeId, operation.ticket)) ? applied : rejected('foreign-ticket', '/ticket/ticketId');
    case 'ticket.called':
    case 'ticket.recalled':
    case 'ticket.finished':
    case 'ticket.no-show':
      return (await effects.moveTicket(trx, owner.officeId, operation)) ? applied : rejected('foreign-ticket', '/ticketId');
    case 'dossier.accepted':
    case 'dossier.corrected': {
      const { dossier } = operation;
      if (dossier.officeId !== owner.officeId) return rejected('foreign-office', '/dossier/officeId');
      if (dossier.agencyCode !== owner.agencyCode) return rejected('foreign-office', '/dossier/agencyCode');
      // The body is kept as it came, with fields that only a newer app knows.
      const body = (entry.operation as { dossier: object }).dossier;
      const tell = operation.type === 'dossier.accepted' ? effects.insertDossier : effects.correctDossier;
      const outcome = await tell(trx, { dossier, body, deviceId: owner.deviceId, operationId: entry.operationId, at });
      return outcome === 'stored' ? applied : rejected(outcome, outcome === 'code-taken' ? '/dossier/code' : '/dossier/dossierId');
    }
    default:
      return unreachable(operation);
  }
}
