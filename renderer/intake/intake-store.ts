/** The state of one intake on the screen: the draft, what autofill knows, scans on their way, and acceptance. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { uuidv7 } from 'uuidv7';
import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import type { Dossier, DossierId, Person } from '../../shared/dossiers/dossier.ts';
import type { Draft } from '../../shared/dossiers/draft.ts';
import type { Problem } from '../../shared/dossiers/intake-from-draft.ts';
import { autofillForm, keepTrueMarks } from '../../shared/eform/autofill.ts';
import type { CccdField, CccdReading } from '../../shared/identity/cccd.ts';
import type { Failure } from '../../shared/lib/result.ts';
import { mediaTypeOf, SIGNATURE_BYTES } from '../../shared/scanning/media-type.ts';
import { MAX_SCAN_BYTES, type PaperPage, type ScanRef } from '../../shared/scanning/scan.ts';
import type { Services } from '../app/services.tsx';
import { askPictureWorker } from '../scanning/ask-picture-worker.ts';
import { readScanFile } from '../scanning/read-file.ts';
import { createAutosave } from './autosave.ts';
import { changePaper, movedTo, turned, withoutPage, withPage, withPageAt, withReplaced, type DraftPaper } from './pages.ts';
import { keepUnchanged, reviewOf, type Review } from './review.ts';
import { isPristine } from './start-draft.ts';

export type PartyName = 'applicant' | 'submitter';
export type PersonField = Exclude<keyof Person, 'kind'>;

/** 'saved' speaks of all that is on the screen: it is taken back by the next letter typed. */
export type Saving = { status: 'idle' } | { status: 'saving' } | { status: 'saved'; atMs: number } | { status: 'failed'; failure: Failure };
export type Outcome = { phase: 'editing' } | { phase: 'accepting' } | { phase: 'refused'; failure: Failure } | { phase: 'accepted'; dossier: Dossier };
/** Where a page came from; `device` as its maker calls it. */
export type PageOrigin = Pick<PaperPage, 'source' | 'device'>;
export type ScanFailure = { id: string; fileName: string; failure: Failure };
/** Said after a card was read: whose, and the way back if it took the place of someone else. */
export type CardNotice = { kind: 'filled'; name: string; into: PartyName; before: Draft | null; mangled: CccdField[] } | { kind: 'unreadable' };

export type IntakeState = {
  draft: Draft;
  /** The one the intake began with. */
  catalogue: Catalogue;
  saving: Saving;
  outcome: Outcome;
  /** Problems of fields never left are not shown until the officer asks for acceptance. */
  showsAllProblems: boolean;
  touched: ReadonlySet<string>;
  arriving: Readonly<Record<string, number>>;
  scanFailures: Readonly<Record<string, readonly ScanFailure[]>>;
  removedPage: { requirementId: string; page: PaperPage; index: number } | null;
  lastDossier: Pick<Dossier, 'code' | 'procedureName' | 'acceptedAtMs'> | null;
  cardNotice: CardNotice | null;
  /** Of the clock: what depends on the time of day is renewed with it. */
  minute: number;
};

export type IntakeStore = StoreApi<IntakeState> & {
  tick(): void;
  /** Another catalogue is in force: an intake with a procedure goes on under the one it began with, and under the calendar of today. */
  catalogueChanged(catalogue: Catalogue): void;
  /** The newest review of the draft; computed once a draft and minute. */
  review(): Review;
  /** While typing: on the screen, not yet on disk. */
  edit(change: (draft: Draft) => Draft): void;
  /** A field is finished: autofill, then save. */
  finish(field?: string): void;
  change(change: (draft: Draft) => Draft): void;
  setParty(party: PartyName, field: PersonField | 'taxCode' | 'relation', value: string | undefined): void;
  finishParty(party: PartyName, field: string): void;
  fillFromCard(reading: CccdReading, into: PartyName): void;
  /** Only these of its fields, beside what was typed. */
  takeFromCard(reading: CccdReading, into: PartyName, fields: readonly CccdField[]): void;
  cardUnreadable(): void;
  dismissCardNotice(undo: boolean): void;
  setFormData(formData: Draft['formData']): void;
  setPaper(requirementId: string, change: (paper: DraftPaper) => DraftPaper): void;
  addPaper(name: string): void;
  /** At the end, or so many pages from the beginning. True when every one of them is on disk; the others have words at their paper. */
  attach(requirementId: string, files: readonly File[], origin: PaperPage['source'] | PageOrigin, at?: number): Promise<boolean>;
  /** Puts what a page was made into in its place, or in that of several (bound into one); they stay until it is on disk. */
  replacePages(requirementId: string, pageIds: readonly string[], file: File): Promise<boolean>;
  turnPage(requirementId: string, pageId: string): void;
  movePage(requirementId: string, pageId: string, index: number): void;
  removePage(requirementId: string, pageId: string): void;
  undoRemoval(): void;
  dismissScanFailure(requirementId: string, id: string): void;
  /** Empty when the dossier was accepted or the shell refused it; else what keeps it from being asked for. */
  accept(): Promise<Problem[]>;
  dispose(): void;
};

type Deps = Pick<Services, 'bridge' | 'clock' | 'info' | 'catalogue' | 'dossiers' | 'drafts' | 'scans'>;

const MINUTE_MS = 60_000;
const personFields: readonly PersonField[] = ['fullName', 'dateOfBirth', 'sex', 'residence', 'idIssuedOn', 'oldIdNumber', 'phone', 'email'];

const isPdf = async (file: File): Promise<boolean> => mediaTypeOf(new Uint8Array(await file.slice(0, SIGNATURE_BYTES).arrayBuffer())) === 'application/pdf';

/** `catalogue`: the one the draft began with. */
export function createIntakeStore({ bridge, clock, info, catalogue: begunWith, dossiers, drafts, scans }: Deps, initial: Draft): IntakeStore {
  const store = createStore<IntakeState>()(() => ({
    draft: initial,
    catalogue: begunWith,
    saving: { status: 'idle' },
    outcome: { phase: 'editing' },
    showsAllProblems: false,
    touched: new Set(),
    arriving: {},
    scanFailures: {},
    removedPage: null,
    lastDossier: null,
    cardNotice: null,
    minute: Math.floor(clock() / MINUTE_MS),
  }));
  const { getState: get, setState: set } = store;

  const autosave = createAutosave<Draft>({
    save: (draft) => drafts.save(draft),
    onOutcome: (outcome, draft) =>
      set((state) => {
        if (!outcome.ok) return { saving: { status: 'failed', failure: outcome.failure } };
        return { saving: state.draft === draft ? { status: 'saved', atMs: clock() } : { status: 'idle' } };
      }),
  });
  const attaching = new Set<Promise<unknown>>();

  let reviewed: { draft: Draft; catalogue: Catalogue; minute: number; review: Review } | undefined;
  const review = (): Review => {
    const { draft, catalogue } = get();
    const nowMs = clock();
    const minute = Math.floor(nowMs / MINUTE_MS);
    if (reviewed?.draft !== draft || reviewed.catalogue !== catalogue || reviewed.minute !== minute)
      reviewed = { draft, catalogue, minute, review: keepUnchanged(reviewed?.review, reviewOf(draft, catalogue, nowMs)) };
    return reviewed.review;
  };

  const edit = (change: (draft: Draft) => Draft): void =>
    set(({ draft, saving }) => ({ draft: change(draft), saving: saving.status === 'saved' ? { status: 'idle' } : saving }));

  const finish = (field?: string): void => {
    const { draft, touched, outcome } = get();
    if (outcome.phase === 'accepted') return;
    const { form } = review();
    let saved: Draft = { ...draft, updatedAtMs: clock() };
    if (form !== undefined) {
      const filled = autofillForm(
        form,
        { applicant: rightly('applicant', draft.applicant), submitter: draft.submitter && rightly('submitter', draft.submitter) },
        draft.formData,
        draft.whence,
      );
      saved = { ...saved, formData: filled.formData as Draft['formData'], whence: filled.whence };
    }
    set({ draft: saved, saving: { status: 'saving' }, ...(field === undefined || touched.has(field) ? {} : { touched: new Set([...touched, field]) }) });
    autosave.request(saved);
  };

  /** What is wrong about a person is mended where it stands, not copied into the form. */
  const rightly = (party: PartyName, values: Record<string, string | undefined>) => {
    const wrong = new Set(review().problems.map(({ field }) => field));
    return Object.fromEntries(Object.entries(values).filter(([field]) => !wrong.has(`${party}.${field}`)));
  };

  const change = (step: (draft: Draft) => Draft): void => {
    edit(step);
    finish();
  };

  /** Fills what is still empty from the person's last dossier on this device. */
  const recall = async (party: PartyName): Promise<void> => {
    const idNumber = get().draft[party]?.['idNumber']?.trim();
    if (idNumber === undefined || !/^\d{12}$/u.test(idNumber)) return;
    const last = await dossiers.lastOfPerson(idNumber).catch(() => undefined);
    const { draft, outcome } = get();
    if (last?.applicant.kind !== 'person' || draft[party]?.['idNumber']?.trim() !== idNumber || outcome.phase !== 'editing') return;
    const person = last.applicant;
    const values = { ...draft[party] };
    const whence = { ...draft.whence };
    for (const field of personFields) {
      const value = person[field];
      if (value === undefined || (values[field] ?? '') !== '') continue;
      values[field] = value;
      whence[`${party}.${field}`] = 'last-dossier';
    }
    set({ draft: { ...draft, [party]: values, whence }, lastDossier: { code: last.code, procedureName: last.procedureName, acceptedAtMs: last.acceptedAtMs } });
    finish();
  };

  const requirements = () => review().resolved?.papers ?? [];
  const setPaper: IntakeStore['setPaper'] = (requirementId, step) => {
    const asked = requirements();
    change((draft) => changePaper(draft, asked, requirementId, step));
  };

  const count = (requirementId: string, by: 1 | -1): void =>
    set((state) => ({ arriving: { ...state.arriving, [requirementId]: Math.max(0, (state.arriving[requirementId] ?? 0) + by) } }));
  const scanFailed = (requirementId: string, fileName: string, failure: Failure): void =>
    set((state) => ({
      scanFailures: { ...state.scanFailures, [requirementId]: [...(state.scanFailures[requirementId] ?? []), { id: uuidv7(), fileName, failure }] },
    }));

  const keepScan = async (file: File): Promise<{ ok: true; value: ScanRef } | { ok: false; failure: Failure }> => {
    try {
      // Before it is read here: a PDF of forty pages would lie in memory twice.
      if (file.size <= MAX_SCAN_BYTES && (await isPdf(file))) {
        const inspected = await askPictureWorker({ task: 'inspect', file });
        if (!inspected.ok) return inspected;
      }
      const read = await readScanFile(file);
      return read.ok ? await scans.add(read.value) : read;
    } catch {
      return { ok: false, failure: { kind: 'scan-unreadable' } };
    }
  };

  const keepPage = async (
    requirementId: string,
    file: File,
    origin: PageOrigin,
    place: (paper: DraftPaper, page: PaperPage) => DraftPaper,
  ): Promise<boolean> => {
    count(requirementId, 1);
    const added = await keepScan(file);
    count(requirementId, -1);
    if (!added.ok) {
      scanFailed(requirementId, file.name, added.failure);
      return false;
    }
    const page: PaperPage = { ...added.value, pageId: uuidv7(), rotation: 0, ...origin, capturedAtMs: clock(), capturedBy: info.settings.operator.id };
    setPaper(requirementId, (paper) => place(paper, page));
    return true;
  };
  const whileAttaching = async <T>(work: Promise<T>): Promise<T> => {
    attaching.add(work);
    return work.finally(() => attaching.delete(work));
  };

  const askShell = async (draftId: string, intake: NonNullable<Review['intake']>): Promise<Outcome> => {
    try {
      // The dossier takes the draft's id: asking again after a lost answer can never make a second dossier.
      const accepted = await bridge.invoke('dossiers:accept', {
        draftId,
        dossierId: draftId as DossierId,
        intake,
        owePapers: intake.papers.some(({ state }) => state === 'owed'),
      });
      if (!accepted.ok) return { phase: 'refused', failure: accepted.failure };
      void tidyUp(draftId, accepted.value);
      return { phase: 'accepted', dossier: accepted.value.dossier };
    } catch (error) {
      reportUnexpected(error);
      return { phase: 'refused', failure: { kind: 'accept-unanswered' } };
    }
  };
  /** The dossier is saved by the shell already, so the officer is told first; a screen store that fails is rebuilt from the journal. */
  const tidyUp = async (draftId: string, { dossier, seq }: { dossier: Dossier; seq: number }): Promise<void> => {
    // A draft still on its way to disk would come back after its removal.
    await autosave.stop();
    await dossiers.put(dossier, seq).catch(reportUnexpected);
    await drafts.remove(draftId).catch(reportUnexpected);
  };
  const reportUnexpected = (error: unknown): void => {
    const { name, stack } = error instanceof Error ? error : { name: 'unknown', stack: undefined };
    // The name and place of the failure only: a message may quote what a citizen told us.
    void bridge.invoke('app:report-error', { message: `intake: ${name}`, stack: stack?.split('\n').slice(1, 12).join('\n') });
  };

  return Object.assign(store, {
    tick: () => set({ minute: Math.floor(clock() / MINUTE_MS) }),
    catalogueChanged: (fresh: Catalogue) =>
      set(({ catalogue, draft }) => {
        if (draft.procedureCode === undefined || catalogue.version === fresh.version) return { catalogue: fresh };
        return catalogue.calendar.version === fresh.calendar.version ? {} : { catalogue: { ...catalogue, calendar: fresh.calendar } };
      }),
    review,
    edit,
    finish,
    change,
    setParty: (party: PartyName, field: string, value: string | undefined) =>
      edit((draft) => ({
        ...draft,
        [party]: { ...draft[party], [field]: value },
        whence: Object.fromEntries(Object.entries(draft.whence).filter(([key]) => key !== `${party}.${field}`)),
      })),
    finishParty(party: PartyName, field: string) {
      finish(`${party}.${field}`);
      if (field === 'idNumber') void recall(party);
    },
    fillFromCard({ card, problems }: CccdReading, into: PartyName) {
      const { draft, touched } = get();
      const before = draft[into] ?? {};
      const isSomeoneElse = (before['fullName'] ?? '') !== '' && before['idNumber'] !== card.idNumber;
      // Of another person nothing may stay; of the same one, what the card does not hold (phone, e-mail) does.
      const kept = isSomeoneElse ? (before['relation'] === undefined ? {} : { relation: before['relation'] }) : before;
      // What the card says wrongly is shown as it came, with what is wrong about it beside the field.
      const wrong = problems.filter(({ field, kind, value }) => kind !== 'mangled' && value !== '' && field !== 'oldIdNumber');
      const values = { ...card, ...Object.fromEntries(wrong.map(({ field, value }) => [field, value])) };
      const whence = Object.fromEntries(Object.entries(draft.whence).filter(([key]) => !key.startsWith(`${into}.`)));
      for (const [field, value] of Object.entries(card)) if (value !== undefined) whence[`${into}.${field}`] = 'card';
      set({
        draft: { ...draft, [into]: { ...kept, ...values }, whence },
        touched: new Set([...touched, ...problems.map(({ field }) => `${into}.${field}`)]),
        cardNotice: {
          kind: 'filled',
          name: card.fullName ?? '',
          into,
          before: isSomeoneElse ? draft : null,
          mangled: problems.filter(({ kind }) => kind === 'mangled').map(({ field }) => field),
        },
        lastDossier: null,
      });
      finish();
      void recall(into);
    },
    takeFromCard({ card }: CccdReading, into: PartyName, fields: readonly CccdField[]) {
      const { draft, touched } = get();
      const values = Object.fromEntries(fields.map((field) => [field, card[field]]));
      const whence = { ...draft.whence, ...Object.fromEntries(fields.map((field) => [`${into}.${field}`, 'card' as const])) };
      set({
        draft: { ...draft, [into]: { ...draft[into], ...values }, whence },
        touched: new Set([...touched, ...fields.map((field) => `${into}.${field}`)]),
        cardNotice: null,
      });
      finish();
      void recall(into);
    },
    cardUnreadable: () => set({ cardNotice: { kind: 'unreadable' } }),
    dismissCardNotice(undo: boolean) {
      const { cardNotice } = get();
      set({ cardNotice: null });
      if (undo && cardNotice?.kind === 'filled' && cardNotice.before !== null) {
        const { before, into } = cardNotice;
        change((draft) => ({ ...draft, [into]: before[into], whence: before.whence, formData: before.formData }));
      }
    },
    setFormData: (formData: Draft['formData']) => edit((draft) => ({ ...draft, formData, whence: keepTrueMarks(draft.whence, draft.formData, formData) })),
    setPaper,
    addPaper(name: string) {
      const paper: DraftPaper = {
        requirementId: `extra-${uuidv7()}`,
        name,
        required: false,
        originals: 1,
        certifiedCopies: 0,
        photocopies: 0,
        state: 'received',
        pages: [],
      };
      change((draft) => ({ ...draft, papers: [...draft.papers, paper] }));
    },
    attach(requirementId: string, files: readonly File[], origin: PaperPage['source'] | PageOrigin, at?: number) {
      const from: PageOrigin = typeof origin === 'string' ? { source: origin } : origin;
      // One after another: the pages keep the order in which the files were given.
      const work = async (): Promise<boolean> => {
        let kept = 0;
        for (const file of files) {
          const place = at === undefined ? withPage : (paper: DraftPaper, page: PaperPage) => withPageAt(paper, page, at + kept);
          if (await keepPage(requirementId, file, from, place)) kept += 1;
        }
        return kept === files.length;
      };
      return whileAttaching(work());
    },
    replacePages(requirementId: string, pageIds: readonly string[], file: File) {
      const first = get()
        .draft.papers.find((paper) => paper.requirementId === requirementId)
        ?.pages.find(({ pageId }) => pageId === pageIds[0]);
      if (first === undefined) return Promise.resolve(false);
      const { source, device } = first;
      return whileAttaching(
        keepPage(requirementId, file, { source, ...(device === undefined ? {} : { device }) }, (paper, page) => withReplaced(paper, pageIds, page)),
      );
    },
    turnPage: (requirementId: string, pageId: string) => setPaper(requirementId, (paper) => turned(paper, pageId)),
    movePage: (requirementId: string, pageId: string, index: number) => setPaper(requirementId, (paper) => movedTo(paper, pageId, index)),
    removePage(requirementId: string, pageId: string) {
      const pages = get().draft.papers.find((paper) => paper.requirementId === requirementId)?.pages ?? [];
      const index = pages.findIndex((page) => page.pageId === pageId);
      const page = pages[index];
      if (page === undefined) return;
      setPaper(requirementId, (paper) => withoutPage(paper, pageId));
      set({ removedPage: { requirementId, page, index } });
    },
    undoRemoval() {
      const { removedPage } = get();
      if (removedPage === null) return;
      setPaper(removedPage.requirementId, (paper) => withPageAt(paper, removedPage.page, removedPage.index));
      set({ removedPage: null });
    },
    dismissScanFailure: (requirementId: string, id: string) =>
      set((state) => ({
        scanFailures: { ...state.scanFailures, [requirementId]: (state.scanFailures[requirementId] ?? []).filter((failed) => failed.id !== id) },
      })),
    async accept() {
      if (get().outcome.phase === 'accepting' || get().outcome.phase === 'accepted') return [];
      set({ outcome: { phase: 'accepting' } });
      await Promise.all(attaching);
      finish();
      // The draft is saved meanwhile, not before: the shell is handed all of it.
      const { problems, intake } = review();
      if (intake === undefined) {
        set({ outcome: { phase: 'editing' }, showsAllProblems: true });
        return problems;
      }
      set({ outcome: await askShell(get().draft.draftId, intake) });
      return [];
    },
    dispose() {
      const { draft, outcome } = get();
      void autosave
        .stop()
        .then(async () => {
          if (outcome.phase === 'accepted') return;
          if (isPristine(draft)) await drafts.remove(draft.draftId);
          else if (draft !== initial) await drafts.save(draft);
        })
        .catch(reportUnexpected);
    },
  });
}
