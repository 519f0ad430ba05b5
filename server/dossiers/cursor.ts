/** Owns the cursor of the dossier list: opaque to counters, the arrival of the last dossier seen to us. */
import { Problem } from '../problem.ts';

export const cursorOf = (arrival: number): string => Buffer.from(`a${arrival}`).toString('base64url');

/** Zero (the beginning) without a cursor. Throws a Problem (400) for one we did not give. */
export function positionOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const arrival = /^a(\d{1,15})$/u.exec(Buffer.from(cursor, 'base64url').toString('latin1'))?.[1];
  if (arrival === undefined) throw new Problem(400, 'invalid', 'not a cursor of this server');
  return Number(arrival);
}
