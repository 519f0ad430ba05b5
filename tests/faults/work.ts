/**
 * Work at a counter, asked for over the real bridge from inside the real page, and a ledger of everything the counter said
 * it has saved, kept outside of it. What is in the ledger must be there after whatever happens to the counter.
 */
import type { Page } from '@playwright/test';
import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import type { DossierId } from '../../shared/dossiers/dossier.ts';

type Told =
  | { kind: 'scan'; sha256: string }
  | { kind: 'draft'; draftId: string; version: number }
  | { kind: 'accepting'; draftId: string; dossierId: string }
  | { kind: 'dossier'; dossierId: string; code: string; seq: number; scans: string[] }
  | { kind: 'ticket'; ticketId: string; number: string }
  | { kind: 'refused'; what: string; failure: string };

export type Ledger = {
  dossiers: Map<string, { code: string; seq: number; scans: string[] }>;
  scans: Set<string>;
  /** Scans found whole by an earlier look; `findLosses` reads them again only when asked for all. */
  seenScans: Set<string>;
  /** The newest version of each draft that was acknowledged. */
  drafts: Map<string, number>;
  /** Drafts whose acceptance was asked for, and as which dossier: only for that may they be gone. */
  accepting: Map<string, string>;
  tickets: Map<string, string>;
  /** `what failure` → how often. */
  refused: Map<string, number>;
};

export const newLedger = (): Ledger => ({
  dossiers: new Map(),
  scans: new Set(),
  seenScans: new Set(),
  drafts: new Map(),
  accepting: new Map(),
  tickets: new Map(),
  refused: new Map(),
});

export const acknowledged = ({ dossiers, scans, drafts, tickets }: Ledger): number => dossiers.size + scans.size + drafts.size + tickets.size;

function note(ledger: Ledger, told: Told): void {
  switch (told.kind) {
    case 'scan':
      ledger.scans.add(told.sha256);
      return;
    case 'draft':
      ledger.drafts.set(told.draftId, Math.max(told.version, ledger.drafts.get(told.draftId) ?? 0));
      return;
    case 'accepting':
      ledger.accepting.set(told.draftId, told.dossierId);
      return;
    case 'dossier':
      ledger.dossiers.set(told.dossierId, told);
      return;
    case 'ticket':
      ledger.tickets.set(told.ticketId, told.number);
      return;
    case 'refused': {
      const key = `${told.what} ${told.failure}`;
      ledger.refused.set(key, (ledger.refused.get(key) ?? 0) + 1);
    }
  }
}

export type WorkOptions = {
  lanes?: number;
  /** Ends by itself after so many dossiers; without it, when the page ends. */
  dossiers?: number;
  maxScanKb?: number;
  /** Answers of the form in each dossier. */
  formKb?: number;
};

/** Resolves when the work is done, or with false when the page ended under it. */
export async function work(page: Page, ledger: Ledger, { lanes = 3, dossiers = 1_000_000, maxScanKb = 300, formKb = 0 }: WorkOptions = {}): Promise<boolean> {
  await listen(page, ledger);
  try {
    await page.evaluate(workInPage, { lanes, dossiers, maxScanKb, formKb });
    return true;
  } catch (error) {
    if (/closed|crashed|destroyed|disconnected/iu.test(String(error))) return false;
    throw error;
  }
}

const listening = new WeakMap<Page, { ledger: Ledger }>();

/** Before a counter is killed while it works: Playwright cannot bear a page that ends while this is under way. */
export async function listen(page: Page, ledger: Ledger): Promise<void> {
  const known = listening.get(page);
  if (known !== undefined) {
    known.ledger = ledger;
    return;
  }
  const ear = { ledger };
  listening.set(page, ear);
  await page.exposeFunction('tellTest', (told: Told) => note(ear.ledger, told));
}

/** Runs inside the page, so it may use nothing from out here. */
async function workInPage({ lanes, dossiers, maxScanKb, formKb }: Required<WorkOptions>): Promise<void> {
  const { counter } = window;
  const tell = (told: Told): Promise<void> => (window as unknown as { tellTest(told: Told): Promise<void> }).tellTest(told);
  const catalogue = JSON.parse(await counter.invoke('catalogue:get')) as Catalogue;
  const procedure = catalogue.procedures.find(({ code }) => code === '1.012812');
  if (procedure === undefined) throw new Error('the test catalogue has changed');
  const groups = (await counter.invoke('app:info')).settings.queueGroups.map(({ id }) => id);
  let left = dossiers;
  let dossierNumber = 0;

  const aScan = (): Uint8Array<ArrayBuffer> => {
    const bytes = new Uint8Array(1000 + Math.floor(Math.random() * maxScanKb * 1000));
    for (let at = 0; at < bytes.length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
    bytes.set(new TextEncoder().encode('%PDF-1.4\n'));
    return bytes;
  };
  const orRefused = async <T>(what: string, asked: Promise<{ ok: true; value: T } | { ok: false; failure: { kind: string } }>): Promise<T | undefined> => {
    const result = await asked;
    if (result.ok) return result.value;
    void tell({ kind: 'refused', what, failure: result.failure.kind });
    await new Promise((resolve) => setTimeout(resolve, 20));
    return undefined;
  };
  /** Letters that no packing makes much shorter. */
  const noise = (length: number): string => {
    let text = '';
    while (text.length < length) text += Math.random().toString(36).slice(2);
    return text.slice(0, length);
  };
  const formData = (): Record<string, string> => (formKb === 0 ? {} : { reason: noise(formKb * 1000) });
  const person = (number: number) => ({
    fullName: `Người Thử ${number}`,
    idNumber: String(100_000_000_000 + number),
    phone: `09${String(number).padStart(8, '0')}`,
  });

  async function oneDossier(): Promise<void> {
    const draftId = crypto.randomUUID();
    const number = (Date.now() * 10 + (dossierNumber++ % 10)) % 100_000_000;
    const pages: Array<{
      sha256: string;
      bytes: number;
      mediaType: 'application/pdf' | 'image/jpeg' | 'image/png';
      pageId: string;
      rotation: 0;
      source: 'file';
      capturedAtMs: number;
      capturedBy: string;
    }> = [];
    const papers = (procedure?.papers ?? [])
      .filter(({ need }) => need === 'required')
      .map(({ id, name }) => ({
        requirementId: id,
        name,
        required: true,
        originals: 1,
        certifiedCopies: 0,
        photocopies: 0,
        state: 'received' as const,
        pages: [] as typeof pages,
      }));
    let version = 0;
    const saveDraft = async (): Promise<void> => {
      version += 1;
      const now = Date.now();
      const draft = {
        draftId,
        startedAtMs: now,
        updatedAtMs: now,
        procedureCode: procedure?.code,
        catalogueVersion: catalogue.version,
        facts: [],
        channel: 'counter' as const,
        applicantKind: 'person' as const,
        applicant: person(number),
        formData: {},
        papers,
        feeInputs: { copies: 1, pages: 1, enteredVnd: {} },
        sets: 1,
        resultDelivery: 'counter' as const,
        note: `v${version}`,
        whence: {},
      };
      if ((await orRefused('draft', counter.invoke('drafts:put', { draft }))) !== undefined) void tell({ kind: 'draft', draftId, version });
    };
    await saveDraft();
    for (let scans = Math.floor(Math.random() * 4); scans > 0; scans--) {
      const scan = await orRefused('scan', counter.invoke('scans:put', { bytes: aScan() }));
      if (scan === undefined) continue;
      void tell({ kind: 'scan', sha256: scan.sha256 });
      pages.push({ ...scan, pageId: crypto.randomUUID(), rotation: 0, source: 'file', capturedAtMs: Date.now(), capturedBy: 'can-bo-1' });
      if (papers[0] !== undefined) papers[0].pages = pages;
      await saveDraft();
    }
    // Now and then somebody leaves, and the draft stays.
    if (Math.random() < 0.15) return;
    const dossierId = crypto.randomUUID() as DossierId;
    // Heard before it is asked: from then on the draft may be gone, for this dossier.
    await tell({ kind: 'accepting', draftId, dossierId });
    const intake = {
      procedureCode: procedure?.code ?? '',
      procedureName: procedure?.name ?? '',
      catalogueVersion: catalogue.version,
      facts: [],
      channel: 'counter' as const,
      applicant: { kind: 'person' as const, ...person(number) },
      formData: formData(),
      papers,
      feeInputs: { copies: 1, pages: 1, enteredVnd: {} },
      sets: 1,
      resultDelivery: 'counter' as const,
      note: `v${version}`,
    };
    const accepted = await orRefused('dossier', counter.invoke('dossiers:accept', { draftId, dossierId, intake, owePapers: false }));
    if (accepted !== undefined)
      void tell({ kind: 'dossier', dossierId, code: accepted.dossier.code, seq: accepted.seq, scans: pages.map(({ sha256 }) => sha256) });
  }

  async function lane(): Promise<void> {
    while (left > 0) {
      left -= 1;
      if (Math.random() < 0.3) {
        const ticket = await orRefused(
          'ticket',
          counter.invoke('queue:issue', { groupId: groups[Math.floor(Math.random() * groups.length)] ?? '', priority: 'none', print: false }),
        );
        if (ticket !== undefined) void tell({ kind: 'ticket', ticketId: ticket.ticketId, number: `${ticket.date} ${ticket.number}` });
      }
      await oneDossier();
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane));
}

type Held = {
  dossiers: Array<{ dossierId: string; code: string; seq: number; number: string }>;
  tickets: Array<{ ticketId: string; number: string }>;
  drafts: Array<{ draftId: string; version: number }>;
  badScans: string[];
  /** Ids in Dexie's table of dossiers. */
  inDexie: string[];
};

/** What of the ledger is not there, and what is there twice; empty when nothing was lost. The start gate must be open. */
export async function findLosses(page: Page, ledger: Ledger, { allScans = false } = {}): Promise<string[]> {
  const scans = [...ledger.scans].filter((sha256) => allScans || !ledger.seenScans.has(sha256));
  const held: Held = await page.evaluate(lookInPage, scans);
  const wrong: string[] = [];
  const byId = new Map(held.dossiers.map((dossier) => [dossier.dossierId, dossier]));
  for (const [dossierId, { code, seq }] of ledger.dossiers) {
    const found = byId.get(dossierId);
    if (found === undefined) wrong.push(`dossier ${code} lost`);
    else if (found.code !== code || found.seq !== seq) wrong.push(`dossier ${code} (${seq}) is now ${found.code} (${found.seq})`);
  }
  for (const sha256 of held.badScans) wrong.push(`scan ${sha256} lost`);
  for (const sha256 of scans) if (!held.badScans.includes(sha256)) ledger.seenScans.add(sha256);
  const drafts = new Map(held.drafts.map(({ draftId, version }) => [draftId, version]));
  for (const [draftId, version] of ledger.drafts) {
    const found = drafts.get(draftId);
    const became = ledger.accepting.get(draftId);
    if (found === undefined ? became === undefined || !byId.has(became) : found < version)
      wrong.push(`draft ${draftId} version ${version} lost, found ${found ?? 'none'}`);
  }
  const tickets = new Map(held.tickets.map(({ ticketId, number }) => [ticketId, number]));
  for (const [ticketId, number] of ledger.tickets) if (tickets.get(ticketId) !== number) wrong.push(`ticket ${number} lost`);
  for (const [what, all] of [
    ['code', held.dossiers.map(({ code }) => code)],
    ['order number', held.dossiers.map(({ number }) => number)],
    ['dossier', held.dossiers.map(({ dossierId }) => dossierId)],
    ['ticket number', held.tickets.map(({ number }) => number)],
  ] as const) {
    for (const twice of all.filter((value, at) => all.indexOf(value) !== at)) wrong.push(`${what} ${twice} used twice`);
  }
  const inDexie = new Set(held.inDexie);
  for (const { dossierId, code } of held.dossiers) if (!inDexie.has(dossierId)) wrong.push(`dossier ${code} is in the journal and not in Dexie`);
  if (inDexie.size !== byId.size) wrong.push(`Dexie holds ${inDexie.size} dossiers, the journal ${byId.size}`);
  return wrong;
}

async function lookInPage(scans: string[]): Promise<Held> {
  const { counter } = window;
  const held: Held = { dossiers: [], tickets: [], drafts: [], badScans: [], inDexie: [] };
  for (let afterSeq = 0; ;) {
    const entries = await counter.invoke('journal:read', { afterSeq, limit: 500 });
    const last = entries.at(-1);
    if (last === undefined) break;
    afterSeq = last.seq;
    for (const { operation, seq, atMs } of entries) {
      if (operation.type === 'dossier.accepted') {
        const { dossierId, code } = operation.dossier;
        held.dossiers.push({ dossierId, code, seq, number: `${new Date(atMs).toDateString()} ${operation.number.leaseId} ${operation.number.order}` });
      }
      if (operation.type === 'ticket.issued')
        held.tickets.push({ ticketId: operation.ticket.ticketId, number: `${operation.ticket.date} ${operation.ticket.number}` });
    }
  }
  held.drafts = (await counter.invoke('drafts:list')).map(({ draftId, note: words }) => ({ draftId, version: Number(words?.slice(1) ?? 0) }));
  for (const sha256 of scans) {
    const scan = await counter.invoke('scans:read', { sha256 });
    const digest = scan.ok ? await crypto.subtle.digest('SHA-256', scan.value.bytes) : new ArrayBuffer(0);
    const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    if (hex !== sha256) held.badScans.push(sha256);
  }
  const done = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(new Error(request.error?.name ?? 'IndexedDB failed'));
    });
  // The page follows the journal on its own; give it time to come level.
  for (let tries = 0; tries < 100 && held.inDexie.length < held.dossiers.length; tries++) {
    if (tries > 0) await new Promise((resolve) => setTimeout(resolve, 50));
    for (const { name } of await indexedDB.databases()) {
      const db = await done(indexedDB.open(name ?? ''));
      const table = ['rows', 'dossiers'].find((known) => db.objectStoreNames.contains(known));
      if (table !== undefined)
        held.inDexie = (await done(db.transaction(table).objectStore(table).getAll())).map(({ dossierId }: { dossierId: string }) => dossierId);
      db.close();
    }
  }
  return held;
}
