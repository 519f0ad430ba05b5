import { describe, expect, it, vi } from 'vitest';
import { catalogueSchema } from '../../shared/catalogue/catalogue.ts';
import { draftSchema, type Draft } from '../../shared/dossiers/draft.ts';
import type { Dossier } from '../../shared/dossiers/dossier.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import type { ScanRef } from '../../shared/scanning/scan.ts';
import type { Services } from '../app/services.tsx';
import { createIntakeStore } from './intake-store.ts';

const catalogue = catalogueSchema.parse({
  version: '1',
  publishedBy: 'Tỉnh',
  fields: [],
  areaClasses: [],
  calendar: { version: '1', holidays: [], workingHours: [{ from: '07:30', to: '16:30' }], yearsCovered: [2026] },
  forms: [
    {
      id: 'request',
      name: 'Đơn',
      schema: { type: 'object', properties: { name: { type: 'string' }, id: { type: 'string' } } },
      autofill: { name: 'applicant.fullName', id: 'applicant.idNumber' },
    },
  ],
  procedures: [
    {
      code: '1.000001',
      name: 'Chứng thực',
      field: 'chung-thuc',
      level: 'commune',
      timeLimits: [{ limit: { amount: 1, unit: 'working-days' } }],
      papers: [{ id: 'paper', name: 'Bản chính', need: 'required', originals: 1 }],
      fees: [],
      agencies: [{ role: 'decides', name: 'UBND xã' }],
      formId: 'request',
    },
  ],
});

const draft = draftSchema.parse({ draftId: '0199c1a0-0000-7000-8000-000000000001', startedAtMs: 1, updatedAtMs: 1, procedureCode: '1.000001' });
const last = {
  code: 'H1-261101-0001',
  procedureName: 'Cũ',
  acceptedAtMs: 1,
  applicant: { kind: 'person', fullName: 'Lường Văn Ón', idNumber: '014090001234', phone: '0912000111', residence: 'Nơi cũ' },
} as Dossier;
const card = {
  card: { idNumber: '014090001234', fullName: 'Lường Văn Ón', dateOfBirth: '1990-02-01', sex: 'male' as const, residence: 'Bản Nà Lầu' },
  problems: [],
  warnings: [],
};

type Answer = Result<{ dossier: Dossier; seq: number }, Failure>;

function counter({
  accept = () => Promise.resolve<Answer>(ok({ dossier: last, seq: 7 })),
  known = undefined as Dossier | undefined,
  from = draft,
  hang = false,
} = {}) {
  const disk = { drafts: [] as Draft[], removed: [] as string[], put: [] as Dossier[], asked: [] as unknown[] };
  const services = {
    catalogue,
    clock: () => Date.parse('2026-11-20T03:00:00Z'),
    info: { settings: { operator: { id: 'op' } } },
    bridge: {
      invoke: (channel: string, args: unknown) => (channel === 'dossiers:accept' ? (disk.asked.push(args), accept()) : Promise.resolve()),
      on: () => () => undefined,
    },
    drafts: {
      save: (saved: Draft) => (disk.drafts.push(saved), hang ? new Promise<never>(() => undefined) : Promise.resolve(ok(null))),
      remove: (id: string) => (disk.removed.push(id), Promise.resolve()),
    },
    dossiers: { lastOfPerson: () => Promise.resolve(known), put: (dossier: Dossier) => (disk.put.push(dossier), Promise.resolve()) },
    scans: {
      add: (bytes: Uint8Array): Promise<Result<ScanRef, Failure>> =>
        Promise.resolve(
          bytes[0] === 0 ? fail('scan-type') : ok({ sha256: String(bytes[0]).repeat(64).slice(0, 64), bytes: bytes.length, mediaType: 'image/png' }),
        ),
    },
  } as unknown as Services;
  return { store: createIntakeStore(services, from), disk };
}

const file = (...bytes: number[]) => new File([new Uint8Array(bytes)], `${bytes[0] ?? 'empty'}.png`);
const settle = () => new Promise((done) => setTimeout(done, 0));

describe('the word "saved"', () => {
  it('speaks of all that is on the screen, or not at all', async () => {
    const { store } = counter();
    store.setParty('applicant', 'fullName', 'Lường Văn Ón');
    store.finish('applicant.fullName');
    await vi.waitFor(() => expect(store.getState().saving.status).toBe('saved'));
    store.setParty('applicant', 'phone', '09');
    expect(store.getState().saving.status).toBe('idle');

    store.finish('applicant.phone');
    expect(store.getState().saving.status).toBe('saving');
    store.setParty('applicant', 'phone', '091');
    await vi.waitFor(() => expect(store.getState().saving.status).toBe('idle'));
    store.finish('applicant.phone');
    await vi.waitFor(() => expect(store.getState().saving.status).toBe('saved'));
  });
});

describe('a card', () => {
  it('fills the applicant and the form, says whence, and is saved', async () => {
    const { store, disk } = counter();
    store.fillFromCard(card, 'applicant');
    await settle();
    const saved = disk.drafts.at(-1);
    expect(saved?.applicant).toMatchObject({ fullName: 'Lường Văn Ón', idNumber: '014090001234' });
    expect(saved?.formData).toEqual({ name: 'Lường Văn Ón', id: '014090001234' });
    expect(saved?.whence).toMatchObject({ 'applicant.fullName': 'card', 'formData.name': 'applicant' });
  });

  it('shows what is wrong on it at the field, and keeps that out of the form', () => {
    const { store } = counter();
    store.fillFromCard({ card: { fullName: 'A' }, problems: [{ field: 'idNumber', kind: 'not-12-digits', value: '123' }], warnings: [] }, 'applicant');
    expect(store.getState().draft.applicant['idNumber']).toBe('123');
    expect(store.getState().touched.has('applicant.idNumber')).toBe(true);
    expect(store.review().problems).toContainEqual({ field: 'applicant.idNumber', code: 'id-number' });
    expect(store.getState().draft.formData).toEqual({ name: 'A' });
  });

  it('of someone else leaves nothing of the person before, and can be undone', () => {
    const { store } = counter();
    store.fillFromCard(card, 'applicant');
    store.setParty('applicant', 'phone', '0999');
    store.fillFromCard({ ...card, card: { idNumber: '001190000001', fullName: 'Lò Thị Pâng' } }, 'applicant');
    expect(store.getState().draft.applicant).toEqual({ idNumber: '001190000001', fullName: 'Lò Thị Pâng' });
    store.dismissCardNotice(true);
    expect(store.getState().draft.applicant).toMatchObject({ fullName: 'Lường Văn Ón', phone: '0999' });
  });

  it('brings what the last dossier knew and the card does not', async () => {
    const { store } = counter({ known: last });
    store.fillFromCard(card, 'applicant');
    await settle();
    const { applicant, whence } = store.getState().draft;
    expect(applicant).toMatchObject({ phone: '0912000111', residence: 'Bản Nà Lầu' });
    expect(whence).toMatchObject({ 'applicant.phone': 'last-dossier', 'applicant.residence': 'card' });
  });
});

describe('scans', () => {
  it('keep their order; a bad one is told at its paper and loses no other', async () => {
    const { store } = counter();
    await store.attach('paper', [file(1), file(), file(0), file(2)], 'file');
    const { draft: after, scanFailures, arriving } = store.getState();
    expect(after.papers[0]).toMatchObject({ state: 'received', originals: 1 });
    expect(after.papers[0]?.pages.map(({ sha256 }) => sha256[0])).toEqual(['1', '2']);
    expect(scanFailures['paper']?.map(({ failure }) => failure.kind)).toEqual(['scan-empty', 'scan-type']);
    expect(arriving['paper']).toBe(0);
  });

  it('come back where they were', async () => {
    const { store } = counter();
    await store.attach('paper', [file(1), file(2), file(3)], 'drop');
    const second = store.getState().draft.papers[0]?.pages[1]?.pageId ?? '';
    store.removePage('paper', second);
    expect(store.getState().draft.papers[0]?.pages).toHaveLength(2);
    store.undoRemoval();
    expect(store.getState().draft.papers[0]?.pages.map(({ sha256 }) => sha256[0])).toEqual(['1', '2', '3']);
  });
});

describe('acceptance', () => {
  const ready = async (options: Parameters<typeof counter>[0] = {}) => {
    const made = counter(options);
    made.store.fillFromCard(card, 'applicant');
    await made.store.attach('paper', [file(1)], 'file');
    return made;
  };

  it('is not asked for while something is missing; every problem is shown from then on', async () => {
    const { store, disk } = counter();
    expect((await store.accept()).map(({ field }) => field)).toEqual(['applicant.fullName', 'papers.paper']);
    expect(disk.asked).toEqual([]);
    expect(store.getState()).toMatchObject({ showsAllProblems: true, outcome: { phase: 'editing' } });
  });

  it('waits for scans on their way, then stores the dossier and drops the draft', async () => {
    const { store, disk } = counter();
    store.fillFromCard(card, 'applicant');
    const attaching = store.attach('paper', [file(1)], 'file');
    expect(await store.accept()).toEqual([]);
    await attaching;
    expect(disk.asked).toMatchObject([{ draftId: draft.draftId, dossierId: draft.draftId, owePapers: false, intake: { papers: [{ pages: [{}] }] } }]);
    expect(store.getState().outcome).toEqual({ phase: 'accepted', dossier: last });
    await settle();
    expect(disk.put).toEqual([last]);
    expect(disk.removed).toEqual([draft.draftId]);
    const saves = disk.drafts.length;
    store.finish();
    store.dispose();
    await settle();
    expect(disk.drafts).toHaveLength(saves);
  });

  it("tells the officer at the shell's answer, whatever the screen store and a draft under way still do", async () => {
    const { store, disk } = await ready({ hang: true });
    await store.accept();
    expect(store.getState().outcome).toEqual({ phase: 'accepted', dossier: last });
    await settle();
    // The draft under way would come back if it were removed before it is there.
    expect(disk.removed).toEqual([]);
    expect(disk.put).toEqual([]);
  });

  it('asks again under the same id when no answer came', async () => {
    const answers = [() => Promise.reject(new Error('bridge gone')), () => Promise.resolve<Answer>(ok({ dossier: last, seq: 7 }))];
    const { store, disk } = await ready({ accept: () => (answers.shift() ?? (() => Promise.resolve<Answer>(fail('journal-failed'))))() });
    await store.accept();
    expect(store.getState().outcome).toEqual({ phase: 'refused', failure: { kind: 'accept-unanswered' } });
    expect(disk.removed).toEqual([]);
    await store.accept();
    expect(store.getState().outcome.phase).toBe('accepted');
    expect(new Set(disk.asked.map((asked) => (asked as { dossierId: string }).dossierId)).size).toBe(1);
  });

  it('keeps the draft when the shell refuses', async () => {
    const { store, disk } = await ready({ accept: () => Promise.resolve<Answer>(fail('disk-full')) });
    await store.accept();
    expect(store.getState().outcome).toEqual({ phase: 'refused', failure: { kind: 'disk-full' } });
    expect(disk.put).toEqual([]);
    store.setParty('applicant', 'phone', '0912345678');
    store.finish();
    await vi.waitFor(() => expect(disk.drafts.at(-1)?.applicant['phone']).toBe('0912345678'));
  });
});

describe('leaving', () => {
  it('drops a draft in which nothing was entered, and keeps any other', async () => {
    const pristine = counter({ from: { ...draft, procedureCode: undefined } });
    pristine.store.dispose();
    const begun = counter();
    begun.store.setParty('applicant', 'fullName', 'Chưa rời ô');
    begun.store.dispose();
    await settle();
    expect(pristine.disk.removed).toEqual([draft.draftId]);
    expect(begun.disk.removed).toEqual([]);
    expect(begun.disk.drafts.at(-1)?.applicant['fullName']).toBe('Chưa rời ô');
  });
});

describe('another catalogue in force', () => {
  const procedure = catalogue.procedures[0]!;
  const fresh = { ...catalogue, version: '2', procedures: [{ ...procedure, papers: [] }] };

  it('changes nothing of an intake with a procedure but the calendar', () => {
    const { store } = counter();
    store.catalogueChanged(fresh);
    expect(store.getState().catalogue).toBe(catalogue);
    expect(store.review().resolved?.papers).toHaveLength(1);
    const calendar = { ...catalogue.calendar, version: '2', holidays: [{ date: '2026-11-23', id: 'x', name: 'X' }] };
    const dueBefore = store.review().due?.dueAtMs ?? 0;
    store.catalogueChanged({ ...fresh, calendar });
    expect(store.getState().catalogue).toMatchObject({ version: '1', calendar: { version: '2' } });
    expect(store.review().due?.dueAtMs).toBe(dueBefore + 86_400_000);
  });

  it('is what an intake without a procedure chooses from', () => {
    const { store } = counter({ from: { ...draft, procedureCode: undefined } });
    store.catalogueChanged(fresh);
    expect(store.getState().catalogue).toBe(fresh);
  });
});
