/** What the screens show of the way to the province. */
import type { DeliveryState } from '../dossiers/dossier.ts';

export type Connection =
  | { status: 'not-enrolled' }
  | { status: 'connecting' }
  | { status: 'online'; sinceMs: number }
  | { status: 'offline'; sinceMs: number; reason: 'unreachable' | 'not-the-province' | 'refused'; nextTryAtMs: number };

export type NumbersState = { left: number; daysLeft: number; emergency: boolean };

export type SyncState = {
  connection: Connection;
  /** Entries and scans the province has not confirmed yet. */
  waitingEntries: number;
  waitingScans: number;
  /** Entries the province refused, each to be mended by the officer. */
  needsFix: Array<{ operationId: string; dossierId?: string; code?: string; reason: string; field?: string }>;
  numbers: NumbersState | null;
  deviceId?: string;
  /** The device whose place this one took. */
  replaces?: string;
};

export type DossierDelivery = {
  dossierId: string;
  state: DeliveryState;
  scansTotal: number;
  scansVerified: number;
  /** Its papers are with the agency: on a postal counter. */
  isHandedOver?: true;
};
