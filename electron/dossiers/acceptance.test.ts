import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DossierId, Intake } from '../../shared/dossiers/dossier.ts';
import { fail } from '../../shared/lib/result.ts';
import { demoSettings } from '../settings/demo-office.ts';
import { aDossier } from '../../tests/fixtures/dossiers.ts';
import { appendDossier, testJournals, type TestJournals } from '../../tests/fixtures/journals.ts';
import type { IntakeRoom } from '../journal/disk-space.ts';
import { createAcceptance } from './acceptance.ts';
import { createAcceptedDossiers } from './accepted-dossiers.ts';

const known = '0192f3a0-8d2f-7c55-8e1f-6b5d4c3b2a19' as DossierId;
const asked = '0192f3a0-8d2f-7c55-8e1f-6b5d4c3b2a20' as DossierId;

let journals: TestJournals;
beforeEach(async () => (journals = await testJournals()));
afterEach(() => journals.remove());

async function counterWith(room: IntakeRoom, begun: string[]) {
  const journal = await journals.open();
  await appendDossier(journal, known);
  /** Nothing else may be asked. */
  const unused = new Proxy({}, { get: (_, name) => expect.fail(String(name)) }) as never;
  const catalogueAsked: string[] = [];
  const accept = createAcceptance({
    journal,
    accepted: createAcceptedDossiers(journal),
    drafts: { has: (draftId: string) => begun.includes(draftId) } as never,
    scans: unused,
    catalogues: { version: async (version: string) => void catalogueAsked.push(version) } as never,
    settings: demoSettings('http://127.0.0.1'),
    clock: Date.now,
    isOnline: () => false,
    room: async () => room,
  });
  return { journal, accept, catalogueAsked };
}
const intake = aDossier() as Intake;

describe('acceptance on a disk that is nearly full', () => {
  it('refuses what was not begun before anything is written, and still answers for one that is saved', async () => {
    const { journal, accept } = await counterWith('to-finish', []);
    expect(await accept({ draftId: known, dossierId: asked, intake })).toEqual(fail('disk-low'));
    expect(journal.head().seq).toBe(1);
    expect(await accept({ draftId: known, dossierId: known, intake })).toMatchObject({ ok: true, value: { seq: 1, dossier: { dossierId: known } } });
  });

  it('goes on to judge an intake that was begun', async () => {
    const { accept, catalogueAsked } = await counterWith('to-finish', ['begun']);
    expect(await accept({ draftId: 'begun', dossierId: asked, intake })).toEqual(fail('catalogue-changed'));
    expect(catalogueAsked).toEqual([intake.catalogueVersion]);
  });

  it('refuses every intake when what is left is for what is here', async () => {
    const { journal, accept } = await counterWith('none', ['begun']);
    expect(await accept({ draftId: 'begun', dossierId: asked, intake })).toEqual(fail('disk-full'));
    expect(journal.head().seq).toBe(1);
  });
});
