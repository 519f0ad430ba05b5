/** What may leave a device: never anything the province has not confirmed, and nothing before its backup window has passed. */
import type { Role } from '../settings/settings.ts';
import { DAY_MS } from '../lib/time.ts';

export type RetentionRules = {
  /** Days a dossier's scans stay after its confirmation. */
  scanDays: number;
  /** Days a dossier itself stays after its confirmation. */
  dossierDays: number;
  /** Days after which what the province confirmed is in its backups too: a province set back loses nothing that has left here. */
  backupDays: number;
};

export type Standing = {
  /** Undefined: not confirmed. */
  confirmedAtMs: number | undefined;
  /** The post office has handed the papers over to the agency. */
  isHandedOver: boolean;
};

/**
 * Days after confirmation before scans and dossier may leave. A postal counter keeps nothing once the papers are handed
 * over (it works for the agency, QĐ 45/2016/QĐ-TTg), beyond the backup window; a dossier never leaves before its scans.
 */
export function retentionDays(rules: RetentionRules, role: Role, isHandedOver: boolean): { scans: number; dossier: number } {
  const isDone = role === 'postal' && isHandedOver;
  const scans = isDone ? rules.backupDays : Math.max(rules.scanDays, rules.backupDays);
  return { scans, dossier: isDone ? scans : Math.max(rules.dossierDays, scans) };
}

/** `nowMs` is the province's time. */
export function mayLeave(rules: RetentionRules, role: Role, standing: Standing, nowMs: number): { scans: boolean; dossier: boolean } {
  const { confirmedAtMs, isHandedOver } = standing;
  if (confirmedAtMs === undefined) return { scans: false, dossier: false };
  const days = retentionDays(rules, role, isHandedOver);
  const hasPassed = (count: number): boolean => nowMs - confirmedAtMs >= count * DAY_MS;
  return { scans: hasPassed(days.scans), dossier: hasPassed(days.dossier) };
}

/** A dossier as the journal knows it, with the digests of its scans. */
export type HeldDossier = { dossierId: string; seq: number; scans: readonly string[]; standing: Standing };

/**
 * The scans that may leave: those no dossier that must keep them and no draft (`inUse`) still stands on, for the same bytes
 * may belong to several.
 */
export function scansToPurge(rules: RetentionRules, role: Role, dossiers: readonly HeldDossier[], inUse: ReadonlySet<string>, nowMs: number): string[] {
  const going = new Set<string>();
  const staying = new Set<string>();
  for (const { scans, standing } of dossiers) {
    const set = mayLeave(rules, role, standing, nowMs).scans ? going : staying;
    for (const sha256 of scans) set.add(sha256);
  }
  return [...going].filter((sha256) => !staying.has(sha256) && !inUse.has(sha256));
}
