/** Owns the cursor of what comes down in order, publications and deliveries: opaque to counters; to us the life of the province, and the last position seen in it. */

export type Cursor = { epoch: number; position: number };

export const cursorOf = ({ epoch, position }: Cursor): string => Buffer.from(`p${epoch}.${position}`).toString('base64url');

/**
 * Where a counter stands in this life of the province: at the beginning without a cursor, with one that is not ours, and with
 * one of another life, in which the same positions may have been other documents.
 */
export function positionIn(epoch: number, cursor: string | undefined): number {
  const [, life, position] = /^p(\d{1,15})\.(\d{1,15})$/u.exec(Buffer.from(cursor ?? '', 'base64url').toString('latin1')) ?? [];
  return life !== undefined && Number(life) === epoch ? Number(position) : 0;
}
