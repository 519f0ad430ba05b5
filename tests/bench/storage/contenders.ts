/** The ways to save one dossier with its scans: the product through its bridge, and each peer as its own documents advise. */
import { Dexie } from 'dexie';
import PouchDB from 'pouchdb-browser';
import { addRxPlugin, createRxDatabase } from 'rxdb';
import { RxDBAttachmentsPlugin } from 'rxdb/plugins/attachments';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import type { Store } from '../../../renderer/db/start-gate.ts';
import type { Bridge } from '../../../shared/ipc/contract.ts';
import type { Failure, Result } from '../../../shared/lib/result.ts';
import type { ContenderName, Marks } from './plan.ts';
import type { Sample } from './samples.ts';

/** `prepare` is not measured; `save` resolves once what it promises is on disk. */
export type Contender = { prepare?(sample: Sample): Promise<void>; save(sample: Sample, mark: (name: string) => void): Promise<void> };

function must<T>(result: Result<T, Failure>): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.failure)}`);
  return result.value;
}

export async function measure(contender: Contender, sample: Sample): Promise<{ startMs: number; marks: Marks }> {
  await contender.prepare?.(sample);
  const marks: Marks = {};
  const startMs = performance.timeOrigin + performance.now();
  const started = performance.now();
  await contender.save(sample, (name) => (marks[name] = performance.now() - started));
  return { startMs, marks };
}

function products(bridge: Bridge, store: Store): Pick<Record<ContenderName, Contender>, 'product-at-once' | 'product-both-homes' | 'product-as-lived'> {
  const accept = async ({ dossierId, draftId, intake }: Sample, refs: Parameters<Sample['intake']>[0]): Promise<void> =>
    void must(await bridge.invoke('dossiers:accept', { dossierId, draftId, intake: intake(refs), owePapers: false }));
  const attached = new Map<string, Parameters<Sample['intake']>[0]>();
  return {
    'product-at-once': {
      async save(sample, mark) {
        const refs = await Promise.all(sample.scans.map(async (bytes) => must(await bridge.invoke('scans:put', { bytes }))));
        mark('scans');
        await accept(sample, refs);
        mark('saved');
      },
    },
    'product-both-homes': {
      async save(sample, mark) {
        const refs = await Promise.all(sample.scans.map(async (bytes) => must(await store.scans.add(bytes))));
        mark('scans');
        await accept(sample, refs);
        mark('saved');
        await store.catchUp();
        await store.scans.copied();
        mark('homes');
      },
    },
    'product-as-lived': {
      async prepare(sample) {
        const refs = [];
        for (const bytes of sample.scans) refs.push(must(await store.scans.add(bytes)));
        attached.set(sample.dossierId, refs);
      },
      async save(sample, mark) {
        await accept(sample, attached.get(sample.dossierId) ?? []);
        mark('saved');
        await store.catchUp();
        mark('homes');
      },
    },
  };
}

export function openRaw(name: string, upgrade: (db: IDBDatabase) => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => upgrade(request.result);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('not opened'));
  });
}

/** One strict transaction; resolves when it is on disk. */
export function writeRaw(db: IDBDatabase, stores: string[], write: (transaction: IDBTransaction) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(stores, 'readwrite', { durability: 'strict' });
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('aborted'));
    write(transaction);
  });
}

async function raw(): Promise<Contender> {
  const db = await openRaw('bench-raw', (made) => {
    made.createObjectStore('records', { keyPath: 'dossierId' });
    made.createObjectStore('scans', { keyPath: 'id' });
  });
  return {
    async save({ dossierId, record, scans }, mark) {
      await writeRaw(db, ['records', 'scans'], (transaction) => {
        transaction.objectStore('records').put(record);
        scans.forEach((bytes, nth) => transaction.objectStore('scans').put({ id: `${dossierId}/${nth}`, bytes }));
      });
      mark('saved');
    },
  };
}

async function dexie(): Promise<Contender> {
  const db = new Dexie('bench-dexie', { chromeTransactionDurability: 'strict' });
  db.version(1).stores({ records: 'dossierId', scans: 'id' });
  await db.open();
  return {
    async save({ dossierId, record, scans }, mark) {
      await db.transaction('rw', db.table('records'), db.table('scans'), async () => {
        await db.table('records').put(record);
        await db.table('scans').bulkPut(scans.map((bytes, nth) => ({ id: `${dossierId}/${nth}`, bytes })));
      });
      mark('saved');
    },
  };
}

async function rxdb(): Promise<Contender> {
  addRxPlugin(RxDBAttachmentsPlugin);
  const db = await createRxDatabase({ name: 'benchrx', storage: getRxStorageDexie({ chromeTransactionDurability: 'strict' }), multiInstance: false });
  const schema = {
    version: 0,
    primaryKey: 'dossierId',
    type: 'object',
    properties: { dossierId: { type: 'string', maxLength: 36 }, record: { type: 'object' } },
    attachments: {},
  };
  const { dossiers } = await db.addCollections({ dossiers: { schema } });
  return {
    async save({ dossierId, record, scans }, mark) {
      const attachments = scans.map((bytes, nth) => ({ id: `scan-${nth}`, type: 'application/pdf', data: new Blob([bytes], { type: 'application/pdf' }) }));
      await dossiers?.insert({ dossierId, record, _attachments: attachments });
      mark('saved');
    },
  };
}

function pouchdb(): Contender {
  const db = new PouchDB('bench-pouchdb', { adapter: 'idb' });
  return {
    async save({ dossierId, record, scans }, mark) {
      const attachments = scans.map((bytes, nth) => [`scan-${nth}`, { content_type: 'application/pdf', data: new Blob([bytes], { type: 'application/pdf' }) }]);
      await db.put({ _id: dossierId, record, _attachments: Object.fromEntries(attachments) });
      mark('saved');
    },
  };
}

export async function openContenders(bridge: Bridge, store: Store): Promise<Record<ContenderName, Contender>> {
  return { ...products(bridge, store), raw: await raw(), dexie: await dexie(), rxdb: await rxdb(), pouchdb: pouchdb() };
}
