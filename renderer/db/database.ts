/** Dexie's tables and the ladder of versions; the only file that opens IndexedDB. */
import { Dexie, type Table } from 'dexie';
import type { Segment } from '../../shared/search/segments.ts';
import type { PlainDate } from '../../shared/lib/time.ts';

export const dossierStatuses = ['complete', 'owing'] as const;
/** `owing`: accepted with papers still owed (nợ). */
export type DossierStatus = (typeof dossierStatuses)[number];

/** What the lists show of a dossier. */
export type DossierRow = {
  dossierId: string;
  code: string;
  applicantName: string;
  procedureCode: string;
  procedureName: string;
  idNumber?: string;
  acceptedAtMs: number;
  dueAtMs: number | null;
  seq: number;
  papersOwed: number;
  scans: number;
  /** Neither this database nor the journal can read it any more: code and names are empty. */
  isDamaged?: true;
};

type Sealed = Uint8Array<ArrayBuffer>;

/**
 * The small row the lists read; what is plain here is what lists are sorted and filtered by and says nothing of a citizen.
 * `rank` falls as the journal's seq rises (see `rankOf`), because IndexedDB reads many values at once only upwards and
 * the newest dossiers come first everywhere. What came from a replaced device is in no journal of this one: its seq is
 * negative, −1 for the newest, so that it lies behind everything taken in here.
 */
export type StoredRow = {
  rank: number;
  dossierId: string;
  acceptedAtMs: number;
  dueAtMs: number | null;
  status: DossierStatus;
  procedureCode: string;
  phiVnd: number;
  lePhiVnd: number;
  /** Where the whole dossier is, apart so that a list never loads it. */
  pack: number;
  sealed: Sealed;
};
/** Whole dossiers sealed together, see sealed-content.ts. */
export type StoredPack = { pack: number; sealed: Sealed };
/** One bucket of one segment of the search index, or one part of it (`bucket` + part ÷ parts), see search-index.ts. */
export type StoredPostings = { bucket: number; segment: number; sealed: Sealed };
/** What a day (of acceptance) holds, kept so that nothing has to be counted; `dateAt` the counter. */
export type DayRow = { date: PlainDate; accepted: number; phiVnd: number; lePhiVnd: number; lowestRank: number; highestRank: number };
export type StoredDraft = { draftId: string; updatedAtMs: number; sealed: Sealed };
export type StoredScan = { sha256: string; mediaType: string; addedAtMs: number; sealed: Sealed };
export type MetaRow =
  /** How far the journal is in here; written in the same transaction as what it speaks of. */
  | { key: 'journal'; journalId: string; seq: number; hash: string }
  /**
   * How many rows there are, how they are indexed and packed; `late`: ranks older than the newest indexed that are in no segment yet;
   * `smallPacks`: packs that are put together when there are many.
   */
  | { key: 'rows'; count: number; segments: Segment[]; late: number[]; smallPacks: number[] }
  /** Opens only with the key everything else was sealed with. */
  | { key: 'seal'; sealed: Sealed }
  /** How much of what the device `replaces` had is here: where to ask on (null: all is here), and the lowest seq given out. */
  | { key: 'restored'; replaces: string; next: string | null; lowestSeq: number };

export type CounterDatabase = Dexie & {
  rows: Table<StoredRow, number>;
  packs: Table<StoredPack, number>;
  postings: Table<StoredPostings, [number, number]>;
  days: Table<DayRow, PlainDate>;
  openDrafts: Table<StoredDraft, string>;
  scanCopies: Table<StoredScan, string>;
  meta: Table<MetaRow, string>;
};

/** One step of the ladder: what the tables are after it. Data is never carried over where it can be made anew from the journal. */
type Step = { version: number; name: string; stores: Record<string, string | null> };

const ladder: readonly Step[] = [
  {
    version: 1,
    name: 'plain',
    stores: {
      dossiers: 'dossierId, &code, *words, idNumber, acceptedAtMs, dueAtMs, papersOwed, seq',
      bodies: 'dossierId',
      drafts: 'draftId, updatedAtMs',
      scans: 'sha256',
      meta: 'key',
    },
  },
  {
    version: 2,
    name: 'sealed',
    stores: {
      dossiers: null,
      bodies: null,
      drafts: null,
      scans: null,
      rows: 'rank, dossierId, dueAtMs, [status+rank]',
      contents: 'rank',
      postings: '[bucket+segment]',
      days: 'date',
      openDrafts: 'draftId, updatedAtMs',
      scanCopies: 'sha256',
    },
  },
  { version: 3, name: 'packed', stores: { contents: null, packs: 'pack' } },
];

/** What the start gate makes anew from the journal after a step that changed it: without the mark it begins from nothing. */
const MADE_ANEW = ['meta', 'rows', 'postings', 'days'];

const LAST_SEQ = 2 ** 32 - 1;
export const rankOf = (seq: number): number => LAST_SEQ - seq;
export const seqOf = (rank: number): number => LAST_SEQ - rank;
/** Rows above it came from the device this one replaced. */
export const LAST_OWN_RANK = LAST_SEQ;

/** `upTo` opens an older version, for tests of the ladder. */
export function defineDatabase(name = 'counter', upTo = Infinity): CounterDatabase {
  // Chromium 121 and later default to `relaxed`, which loses acknowledged writes on a power cut.
  const db = new Dexie(name, { chromeTransactionDurability: 'strict' }) as CounterDatabase;
  for (const step of ladder.filter(({ version }) => version <= upTo)) {
    const version = db.version(step.version).stores(step.stores);
    if (step.version > 1) version.upgrade((transaction) => Promise.all(MADE_ANEW.map((table) => transaction.table(table).clear())));
  }
  return db;
}

export const rowsMeta = async (db: CounterDatabase): Promise<Extract<MetaRow, { key: 'rows' }>> => {
  const row = await db.meta.get('rows');
  return row?.key === 'rows' ? row : { key: 'rows', count: 0, segments: [], late: [], smallPacks: [] };
};

/**
 * What `work` reads, all of it as it was at one moment. Does not wait until the transaction has ended, which takes Chromium as
 * long as reading did and tells a reader nothing.
 */
export const readTogether = <T>(db: CounterDatabase, tables: readonly Table[], work: () => PromiseLike<T>): Promise<T> =>
  new Dexie.Promise<T>((resolve, reject) => {
    db.transaction('r', tables, async () => resolve(await work())).catch(reject);
  });
