/** Owns what each operation does at the province. */
import type { z } from 'zod';
import { type Operation, operationSchema } from '../../shared/journal/operation.ts';
import { unreachable } from '../../shared/lib/result.ts';
import type { WireEntry } from '../../shared/sync/protocol.ts';
import type { Connection } from '../db/database.ts';
import { type Device, setCatalogueVersion } from '../devices/device-store.ts';
import { confirmLease } from '../devices/number-store.ts';
import { insertDossier } from '../dossiers/dossier-store.ts';
import { issueTicket, moveTicket } from '../queue/ticket-store.ts';
import type { Verdict } from './journal-store.ts';

const applied: Verdict = { status: 'applied' };
const rejected = (reason: string, field?: string): Verdict => ({ status: 'rejected', reason, ...(field === undefined ? {} : { field }) });

const knownTypes = new Set<unknown>(operationSchema.options.map((option) => option.shape.type.value));

const pointerOf = (issue: z.core.$ZodIssue | undefined): string =>
  `/${(issue?.path ?? []).map((key) => String(key).replace(/~/gu, '~0').replace(/\//gu, '~1')).join('/')}`;

/**
 * Judges and applies one operation whose content was looked at (`contentFault`). Runs inside the transaction that
 * holds the idempotency record. An operation of a type this server does not know is rejected as
 * `unknown-operation`; its text stays in the journal, and offering it again after an update applies it.
 */
export async function applyOperation(trx: Connection, device: Device, entry: WireEntry, at: Date): Promise<Verdict> {
  const type = (entry.operation as { type?: unknown } | null | undefined)?.type;
  if (typeof type === 'string' && !knownTypes.has(type)) return rejected('unknown-operation', '/type');
  const parsed = operationSchema.safeParse(entry.operation);
  if (!parsed.success) return rejected('invalid', pointerOf(parsed.error.issues[0]));
  return effectOf(trx, device, entry, parsed.data, at);
}

async function effectOf(trx: Connection, device: Device, entry: WireEntry, operation: Operation, at: Date): Promise<Verdict> {
  switch (operation.type) {
    case 'device.enrolled':
      return operation.deviceId === device.device_id ? applied : rejected('foreign-device', '/deviceId');
    case 'numbers.leased':
      await confirmLease(trx, device.device_id, operation.lease.leaseId, at);
      return applied;
    case 'catalogue.installed':
      await setCatalogueVersion(trx, device.device_id, operation.version);
      return applied;
    case 'ticket.issued':
      return (await issueTicket(trx, device.office_id, operation.ticket)) ? applied : rejected('foreign-ticket', '/ticket/ticketId');
    case 'ticket.called':
    case 'ticket.recalled':
    case 'ticket.finished':
    case 'ticket.no-show':
      return (await moveTicket(trx, device.office_id, operation)) ? applied : rejected('foreign-ticket', '/ticketId');
    case 'dossier.accepted': {
      const { dossier } = operation;
      if (dossier.officeId !== device.office_id) return rejected('foreign-office', '/dossier/officeId');
      if (dossier.agencyCode !== device.agency_code) return rejected('foreign-office', '/dossier/agencyCode');
      // The body is kept as it came, with fields that only a newer app knows.
      const body = (entry.operation as { dossier: object }).dossier;
      switch (await insertDossier(trx, { dossier, body, deviceId: device.device_id, operationId: entry.operationId, at })) {
        case 'stored':
          return applied;
        case 'code-taken':
          return rejected('code-taken', '/dossier/code');
        case 'dossier-exists':
          return rejected('dossier-exists', '/dossier/dossierId');
      }
    }
    // eslint-disable-next-line no-fallthrough -- every outcome above returns
    default:
      return unreachable(operation as never);
  }
}
