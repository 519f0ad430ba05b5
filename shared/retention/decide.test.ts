import { describe, expect, it } from 'vitest';
import { roles } from '../settings/settings.ts';
import { mayLeave, scansToPurge, type HeldDossier, type RetentionRules } from './decide.ts';
import { DAY_MS } from '../lib/time.ts';

const rules: RetentionRules = { scanDays: 30, dossierDays: 365, backupDays: 7 };
const NOW = 1_000 * DAY_MS;
const confirmed = (daysAgo: number, isHandedOver = false) => ({ confirmedAtMs: NOW - daysAgo * DAY_MS, isHandedOver });

describe('mayLeave', () => {
  it('lets scans go first, then the dossier, each to the day', () => {
    expect(mayLeave(rules, 'officer', confirmed(29.99), NOW)).toEqual({ scans: false, dossier: false });
    expect(mayLeave(rules, 'officer', confirmed(30), NOW)).toEqual({ scans: true, dossier: false });
    expect(mayLeave(rules, 'officer', confirmed(364.99), NOW)).toEqual({ scans: true, dossier: false });
    expect(mayLeave(rules, 'officer', confirmed(365), NOW)).toEqual({ scans: true, dossier: true });
  });

  it('never lets anything unconfirmed go, under any rules, role or hand-over', () => {
    for (const role of roles) {
      for (const isHandedOver of [false, true]) {
        expect(mayLeave({ scanDays: 0, dossierDays: 0, backupDays: 0 }, role, { confirmedAtMs: undefined, isHandedOver }, NOW)).toEqual({
          scans: false,
          dossier: false,
        });
      }
    }
  });

  it('waits for the backup window whatever the days say', () => {
    const hasty = { ...rules, scanDays: 0, dossierDays: 0 };
    expect(mayLeave(hasty, 'officer', confirmed(6.99), NOW)).toEqual({ scans: false, dossier: false });
    expect(mayLeave(hasty, 'postal', confirmed(6.99, true), NOW)).toEqual({ scans: false, dossier: false });
    expect(mayLeave(hasty, 'officer', confirmed(7), NOW)).toEqual({ scans: true, dossier: true });
  });

  it('empties a postal counter after hand-over, and only then', () => {
    expect(mayLeave(rules, 'postal', confirmed(7, true), NOW)).toEqual({ scans: true, dossier: true });
    expect(mayLeave(rules, 'postal', confirmed(7, false), NOW)).toEqual({ scans: false, dossier: false });
    expect(mayLeave(rules, 'officer', confirmed(7, true), NOW)).toEqual({ scans: false, dossier: false });
  });

  it('keeps a dossier as long as its scans, and everything when the clock stands before the confirmation', () => {
    expect(mayLeave({ ...rules, dossierDays: 10 }, 'officer', confirmed(15), NOW)).toEqual({ scans: false, dossier: false });
    expect(mayLeave(rules, 'officer', confirmed(-1), NOW)).toEqual({ scans: false, dossier: false });
  });
});

describe('scansToPurge', () => {
  const dossier = (dossierId: string, daysAgo: number | undefined, ...scans: string[]): HeldDossier => ({
    dossierId,
    seq: 1,
    scans,
    standing: daysAgo === undefined ? { confirmedAtMs: undefined, isHandedOver: false } : confirmed(daysAgo),
  });

  it('keeps a scan that a younger or unconfirmed dossier or a draft stands on too', () => {
    const dossiers = [dossier('old', 40, 'a', 'b', 'c', 'd'), dossier('young', 3, 'b'), dossier('unsent', undefined, 'c', 'e')];
    expect(scansToPurge(rules, 'officer', dossiers, new Set(['d']), NOW)).toEqual(['a']);
  });

  it('lets a scan of two old dossiers go once', () => {
    expect(scansToPurge(rules, 'officer', [dossier('one', 40, 'a'), dossier('two', 50, 'a')], new Set(), NOW)).toEqual(['a']);
  });
});
