/** What the screens show of the way to the province. */
import type { QuarantineReason } from './memory.ts';
import type { DeliveryState } from '../dossiers/dossier.ts';

export type Connection =
  | { status: 'not-enrolled' }
  | { status: 'connecting' }
  | { status: 'online'; sinceMs: number }
  | { status: 'offline'; sinceMs: number; reason: 'unreachable' | 'not-the-province' | 'refused'; nextTryAtMs: number }
  /** This journal is at its end: a new enrolment code is needed, and nothing is lost. */
  | { status: 'quarantined'; sinceMs: number; reason: QuarantineReason }
  /** The province takes nothing more from this device. */
  | { status: 'revoked'; sinceMs: number };

export type NumbersState = { left: number; daysLeft: number; emergency: boolean };

export type SyncState = {
  connection: Connection;
  /** Entries and scans the province has not confirmed yet. */
  waitingEntries: number;
  waitingScans: number;
  /** Entries the province refused, each to be mended by the officer. */
  needsFix: Array<{ operationId: string; dossierId?: string; code?: string; reason: string; field?: string }>;
  /** The province takes nothing from an app this old. */
  needsNewerApp: boolean;
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
