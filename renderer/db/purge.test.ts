import 'fake-indexeddb/auto';
import { afterEach, expect, it } from 'vitest';
import type { Bridge, Purged } from '../../shared/ipc/contract.ts';
import { openDatabase, type CounterDatabase } from './database.ts';
import { followPurge } from './purge.ts';

let db: CounterDatabase;
afterEach(() => db.delete());

it('drops what left, answers for the scans only after they are gone, and follows the news', async () => {
  db = openDatabase(`purge-${Math.random()}`);
  const sha = (at: number): string => String(at).padStart(64, '0');
  await db.scans.bulkPut([1, 2, 3].map((at) => ({ sha256: sha(at), mediaType: 'image/png', bytes: new Uint8Array(1), addedAtMs: 1 })));
  const answered: string[][] = [];
  let tell: (purged: Purged) => void = () => undefined;
  const bridge = {
    invoke: async (channel: string, args?: { scans: string[] }) => {
      if (channel === 'storage:purged') return { scans: [sha(1)], dossiers: [] };
      expect(await db.scans.bulkGet(args?.scans ?? [])).toEqual(args?.scans.map(() => undefined));
      answered.push(args?.scans ?? []);
      return undefined;
    },
    on: (_: string, listener: (purged: Purged) => void) => {
      tell = listener;
      return () => undefined;
    },
  } as unknown as Bridge;
  await followPurge(db, bridge, (error) => expect.unreachable(String(error)));
  expect(await db.scans.toCollection().primaryKeys()).toEqual([sha(2), sha(3)]);
  tell({ scans: [sha(3)], dossiers: ['nobody'] });
  await expect.poll(() => answered).toEqual([[sha(1)], [sha(3)]]);
  expect(await db.scans.toCollection().primaryKeys()).toEqual([sha(2)]);
});
