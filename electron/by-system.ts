/** What the shell journals with nobody at the keyboard. */
import type { Operation } from '../shared/journal/operation.ts';
import { ok } from '../shared/lib/result.ts';
import type { EnrolAnswer } from '../shared/sync/protocol.ts';
import type { Journal } from './journal/journal.ts';

export const SYSTEM_OPERATOR = 'system';

/** Resolves once durable. Rejects when the journal will not have it: what stands on the entry must not go on. */
export async function journalBySystem(journal: Pick<Journal, 'transact'>, operation: Operation): Promise<void> {
  const written = await journal.transact(SYSTEM_OPERATOR, () => ok(operation));
  if (!written.ok) throw new Error(`journal refused: ${written.failure.kind}`);
}

/** The first words of a device under a new identity, in order: the numbers belong to it. */
export const enrolmentOperations = ({ deviceId, instance, officeId, lease }: EnrolAnswer): Operation[] => [
  { type: 'device.enrolled', deviceId, instance, officeId },
  { type: 'numbers.leased', lease },
];
