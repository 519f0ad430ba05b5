/** What the screens show of the way to the province. */
import type { RangeLeft } from '../dossiers/code.ts';
import type { QuarantineReason } from './memory.ts';
import type { DeliveryState } from '../dossiers/dossier.ts';

export type Connection =
  | { status: 'not-enrolled' }
  | { status: 'connecting' }
  | { status: 'online'; sinceMs: number }
  | { status: 'offline'; sinceMs: number; reason: 'unreachable' | 'busy' | 'not-the-province' | 'refused'; nextTryAtMs: number }
  /** This journal is at its end: a new enrolment code is needed, and nothing is lost. */
  | { status: 'quarantined'; sinceMs: number; reason: QuarantineReason }
  /** The province takes nothing more from this device. */
  | { status: 'revoked'; sinceMs: number };

export type NumbersState = { left: number; daysLeft: number; emergency: boolean };

/** The ranges of order numbers the agency's numbers come from, as they stand today. */
export type NumberRanges = {
  ranges: RangeLeft[];
  /** Codes of the emergency series given out today. */
  emergencyToday: number;
  /** Another range is asked for at the next contact. */
  isWanted: boolean;
  /** When another was asked for last since the app was started. */
  asked: { atMs: number; answer: 'given' | 'refused' | 'unanswered' } | null;
};

export type SyncState = {
  connection: Connection;
  /** Entries and scans the province has not confirmed yet. */
  waitingEntries: number;
  waitingScans: number;
  /** What slows scans down or keeps them back at this hour (kbit/s, 0 for not at all) and until when (`HH:mm`); absent when nothing does. */
  scanPace?: { kbps: number; until: string | null };
  /** Entries and scans the province refused, each to be mended by the officer. */
  needsFix: Array<{ operationId: string; dossierId?: string; code?: string; reason: string; field?: string }>;
  /** The province takes nothing from an app this old. */
  needsNewerApp: boolean;
  numbers: NumbersState | null;
  ranges: NumberRanges | null;
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
