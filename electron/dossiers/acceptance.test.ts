import { describe, expect, it } from 'vitest';
import type { DossierId, Intake } from '../../shared/dossiers/dossier.ts';
import { fail } from '../../shared/lib/result.ts';
import { demoSettings } from '../settings/demo-office.ts';
import { aDossier } from '../../tests/fixtures/dossiers.ts';
import { appendDossier, testJournals } from '../../tests/fixtures/journals.ts';
import { createAcceptance } from './acceptance.ts';
import { createAcceptedDossiers } from './accepted-dossiers.ts';

describe('acceptance on a disk that is nearly full', () => {
  it('refuses a new dossier before anything is written, and still answers for one that is saved', async () => {
    const journals = await testJournals();
    try {
      const journal = await journals.open();
      const known = '0192f3a0-8d2f-7c55-8e1f-6b5d4c3b2a19' as DossierId;
      await appendDossier(journal, known);
      /** Nothing else may be asked. */
      const unused = new Proxy({}, { get: (_, name) => expect.fail(String(name)) }) as never;
      const accept = createAcceptance({
        journal,
        accepted: createAcceptedDossiers(journal),
        drafts: unused,
        scans: unused,
        catalogues: unused,
        settings: demoSettings('http://127.0.0.1'),
        clock: Date.now,
        isOnline: () => false,
        hasRoom: async () => false,
      });
      const intake = aDossier() as Intake;
      expect(await accept({ draftId: known, dossierId: '0192f3a0-8d2f-7c55-8e1f-6b5d4c3b2a20' as DossierId, intake })).toEqual(fail('disk-low'));
      expect(journal.head().seq).toBe(1);
      expect(await accept({ draftId: known, dossierId: known, intake })).toMatchObject({ ok: true, value: { seq: 1, dossier: { dossierId: known } } });
    } finally {
      await journals.remove();
    }
  });
});
