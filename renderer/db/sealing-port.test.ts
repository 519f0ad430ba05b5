import { afterEach, expect, it } from 'vitest';
import 'fake-indexeddb/auto';
import { aDossier } from '../../tests/fixtures/dossiers.ts';
import { defineDatabase } from './database.ts';
import { createKeys } from './sealer.ts';
import { createSealing, type Sealing } from './sealing.ts';
import { answerCalls, callOver } from './sealing-port.ts';

let channel: MessageChannel;
let lose: (reason: Error) => void;
const connect = (sealing: Promise<Sealing>): Sealing => {
  channel = new MessageChannel();
  for (const port of [channel.port1, channel.port2]) port.start();
  answerCalls(channel.port2, sealing);
  return callOver(channel.port1, (listener) => (lose = listener));
};
const keys = (fill: number) => createKeys(new Uint8Array(32).fill(fill));
afterEach(() => channel.port1.close());

it('gives over a port what is given without one, also to calls that overtake each other', async () => {
  const here = createSealing(await keys(3));
  const there = connect(keys(3).then(createSealing));
  const accepted = [1, 2, 3].map((seq) => ({ seq, dossier: aDossier({ code: `H36.12-261123-000${seq}` }) }));
  const [sealed, tokens] = await Promise.all([there.sealDossiers(accepted), there.tokens(['an', 'binh'])]);
  expect(tokens).toEqual(await here.tokens(['an', 'binh']));
  const rows = sealed.rows.map(({ row }) => row);
  expect((await here.openRows(rows)).map((opened) => opened?.row.code)).toEqual(accepted.map(({ dossier }) => dossier.code));
  expect(await there.openRows(rows)).toEqual(await here.openRows(rows));
  const [pack] = sealed.packs;
  expect(await there.openContent(pack?.stored ?? { pack: 0, sealed: new Uint8Array() }, rows[1]?.rank ?? 0)).toEqual(accepted[1]?.dossier);

  const words = rows.map(({ rank }, at) => ({ rank, words: sealed.rows[at]?.words ?? [] })).reverse();
  const segment = await there.sealSegment(words[0]?.rank ?? 0, words);
  const [token] = await there.tokens(['nguyen']);
  const bucket = segment.filter((one) => one.bucket === token?.bucket);
  const [ranks] = (await there.ranksWith(token === undefined ? [] : [token], [{ buckets: bucket, low: 0 }], Infinity, 100)) ?? [];
  expect([...(ranks ?? [])]).toEqual(words.map(({ rank }) => rank));
});

it('opens nothing that was sealed under another key, and says so in the way of each call', async () => {
  const other = createSealing(await keys(4));
  const there = connect(keys(3).then(createSealing));
  const { rows, packs } = await other.sealDossiers([{ seq: 1, dossier: aDossier() }]);
  const [sealed] = rows;
  const [pack] = packs;
  if (sealed === undefined || pack === undefined) throw new Error('nothing sealed');
  expect(await there.openRows([sealed.row])).toEqual([null]);
  expect(await there.openContent(pack.stored, sealed.row.rank)).toBeNull();
  await expect(there.openJson('key', await other.sealJson('key', 1))).rejects.toThrow();
  const [bucket] = await other.sealSegment(9, [{ rank: 9, words: ['an'] }]);
  expect(await there.ranksWith([{ bucket: bucket?.bucket ?? 0, id: 0 }], [{ buckets: bucket === undefined ? [] : [bucket], low: 0 }], 9, 100)).toBeNull();
});

it('ends every call when the keys cannot be had or are lost', async () => {
  const there = connect(Promise.reject(new Error('no keys')));
  await expect(there.tokens(['an'])).rejects.toThrow('no keys');
  const forever = connect(new Promise(() => undefined));
  const waiting = forever.tokens(['an']);
  lose(new Error('the worker ended'));
  await expect(waiting).rejects.toThrow('the worker ended');
  await expect(forever.tokens(['an'])).rejects.toThrow('the worker ended');
});

it('packs no more together than the database keeps in one record, and finds each in its pack', async () => {
  const sealing = createSealing(await keys(3));
  const noise = (): string => [...crypto.getRandomValues(new Uint8Array(20_000))].map((byte) => byte.toString(36)).join('');
  const accepted = Array.from({ length: 12 }, (_, at) => ({ seq: at + 1, dossier: aDossier({ formData: { reason: noise() } }) }));
  const { rows, packs } = await sealing.sealDossiers(accepted);
  expect(Math.max(...packs.map(({ stored }) => stored.sealed.length))).toBeLessThan(64 * 1024);
  for (const [at, { row }] of rows.entries()) {
    const pack = packs.find(({ stored }) => stored.pack === row.pack);
    expect(pack && (await sealing.openContent(pack.stored, row.rank))).toEqual(accepted[at]?.dossier);
  }
});

it('hands scans over without a copy, and has them sealed and stored there', async () => {
  const there = connect(keys(3).then(createSealing));
  const db = defineDatabase(`copies-${Math.random()}`);
  await db.open();
  const bytes = new Uint8Array(5000).fill(5);
  const both = ['a', 'b'].map((sha256) => ({ sha256, bytes, mediaType: 'image/png' }));
  await there.keepScans({ database: db.name, table: db.scanCopies.name }, both);
  expect(bytes.byteLength).toBe(0);
  const stored = await db.scanCopies.bulkGet(['a', 'b']);
  for (const [at, copy] of stored.entries()) {
    const plain = await there.open(`scan/${both[at]?.sha256}/image/png`, copy?.sealed ?? new Uint8Array());
    expect(plain).toEqual(new Uint8Array(5000).fill(5));
  }
  await db.delete();
});
