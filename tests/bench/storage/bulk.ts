/** Many dossiers at once: the product making its database anew from the journal, and each peer inserting the same records. */
import PouchDB from 'pouchdb-browser';
import Find from 'pouchdb-find';
import { createRxDatabase } from 'rxdb';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import { passStartGate } from '../../../renderer/db/start-gate.ts';
import type { Dossier } from '../../../shared/dossiers/dossier.ts';
import type { Bridge } from '../../../shared/ipc/contract.ts';
import { wordsOf } from '../../../shared/search/words.ts';
import { openRaw, writeRaw } from './contenders.ts';
import type { BulkName } from './plan.ts';

const BATCH = 500;

PouchDB.plugin(Find);

/** A record that can be listed and found, the same for every peer. */
type Row = { dossierId: string; code: string; words: string[]; idNumber: string; status: string; acceptedAtMs: number; dossier: Dossier };

const rowOf = (dossier: Dossier): Row => ({
  dossierId: dossier.dossierId,
  code: dossier.code,
  words: wordsOf(dossier),
  idNumber: dossier.applicant.kind === 'person' ? (dossier.applicant.idNumber ?? '') : '',
  status: dossier.papers.some(({ state }) => state === 'owed') ? 'owing' : 'complete',
  acceptedAtMs: dossier.acceptedAtMs,
  dossier,
});

export async function readRows(bridge: Bridge): Promise<Row[]> {
  const rows: Row[] = [];
  for (let after = 0; ;) {
    const entries = await bridge.invoke('journal:read', { afterSeq: after, limit: BATCH });
    const last = entries.at(-1);
    if (last === undefined) return rows;
    rows.push(...entries.flatMap(({ operation }) => (operation.type === 'dossier.accepted' ? [rowOf(operation.dossier)] : [])));
    after = last.seq;
  }
}

function batchesOf(rows: readonly Row[]): Row[][] {
  return Array.from({ length: Math.ceil(rows.length / BATCH) }, (_, nth) => rows.slice(nth * BATCH, (nth + 1) * BATCH));
}

async function raw(name: string, rows: readonly Row[]): Promise<void> {
  const db = await openRaw(name, (made) => {
    const store = made.createObjectStore('rows', { keyPath: 'dossierId' });
    store.createIndex('code', 'code', { unique: true });
    store.createIndex('words', 'words', { multiEntry: true });
    store.createIndex('idNumber', 'idNumber');
    store.createIndex('acceptedAtMs', 'acceptedAtMs');
    store.createIndex('status', ['status', 'acceptedAtMs']);
  });
  for (const batch of batchesOf(rows)) {
    await writeRaw(db, ['rows'], (transaction) => batch.forEach((row) => transaction.objectStore('rows').put(row)));
  }
  db.close();
}

async function rxdb(name: string, rows: readonly Row[]): Promise<void> {
  const db = await createRxDatabase({ name, storage: getRxStorageDexie({ chromeTransactionDurability: 'strict' }), multiInstance: false });
  const text = (maxLength: number): object => ({ type: 'string', maxLength });
  const properties = {
    dossierId: text(36),
    code: text(64),
    words: { type: 'array', items: { type: 'string' } },
    idNumber: text(12),
    status: text(10),
    acceptedAtMs: { type: 'number', minimum: 0, maximum: 1e13, multipleOf: 1 },
    dossier: { type: 'object' },
  };
  // No index over the words of an array: RxDB has none, which is in its favour here.
  const indexes = ['code', 'idNumber', 'acceptedAtMs', ['status', 'acceptedAtMs']];
  const required = ['dossierId', 'code', 'idNumber', 'status', 'acceptedAtMs'];
  const { rows: collection } = await db.addCollections({
    rows: { schema: { version: 0, primaryKey: 'dossierId', type: 'object', properties, required, indexes } },
  });
  for (const batch of batchesOf(rows)) {
    const answer = await collection?.bulkInsert(batch);
    if (answer === undefined || answer.error.length > 0) throw new Error('RxDB refused rows');
  }
  await db.close();
}

/** No index over the words of an array: PouchDB has none, which is in its favour here too. It makes an index when it is first asked. */
async function pouchdb(name: string, rows: readonly Row[]): Promise<void> {
  const db = new PouchDB(name, { adapter: 'idb' });
  const indexes = [['code'], ['idNumber'], ['acceptedAtMs'], ['status', 'acceptedAtMs']];
  for (const fields of indexes) await db.createIndex({ index: { fields } });
  for (const batch of batchesOf(rows)) {
    const answers = await db.bulkDocs(batch.map((row) => ({ ...row, _id: row.dossierId })));
    if (answers.some((answer) => 'error' in answer)) throw new Error('PouchDB refused rows');
  }
  for (const fields of indexes) {
    const { docs } = await db.find({ selector: Object.fromEntries(fields.map((field) => [field, { $gt: null }])), limit: 1 });
    if (docs.length !== 1) throw new Error('PouchDB found nothing');
  }
  await db.close();
}

/** Rows each inserts: the slow ones fewer, their rate hardly depends on it. */
const share: Record<BulkName, number> = { product: 1, raw: 1, rxdb: 0.5, pouchdb: 0.1 };

export async function insertMany(bridge: Bridge, contender: BulkName, round: number, all: readonly Row[]): Promise<{ rows: number; tookMs: number }> {
  const rows = all.slice(0, Math.ceil(all.length * share[contender]));
  const name = `bulk${contender}${round}`;
  const started = performance.now();
  if (contender === 'product') (await passStartGate(bridge, undefined, name)).close();
  else await { raw, rxdb, pouchdb }[contender](name, rows);
  return { rows: rows.length, tookMs: performance.now() - started };
}
