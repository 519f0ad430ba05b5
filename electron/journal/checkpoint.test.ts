import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendDossier, appendTicket, aVault, fill, kindsOf, LEASE, testJournals, type TestJournals } from '../../tests/fixtures/journals.ts';
import { createVault } from '../keys/vault.ts';
import { createJournalSeal } from './sealed-entry.ts';

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
/** A few entries a segment, so that a test sees many segments. */
const small = { segmentBytes: 6000, checkpointEntries: 10 };

let journals: TestJournals;
const copies: TestJournals[] = [];
beforeEach(async () => (journals = await testJournals()));
afterEach(async () => {
  for (const one of [journals, ...copies.splice(0)]) await one.remove();
});
const copy = async (): Promise<TestJournals> => {
  const copied = await journals.copy();
  copies.push(copied);
  return copied;
};

describe('start from a checkpoint', () => {
  it('reads nothing again after an orderly end, over many segments', async () => {
    const journal = await journals.open({ limits: small });
    for (let i = 0; i < 20; i++) await appendDossier(journal, undefined, [digest(`${i}`), digest(`b${i}`)]);
    for (let i = 0; i < 20; i++) await appendTicket(journal);
    await journal.close();
    expect((await journals.names('.qmcj')).length).toBeGreaterThan(3);
    const again = await journals.open({ limits: small });
    expect(again.problems).toEqual([]);
    expect(again.entriesReadAtStart).toBe(0);
    expect(again.state()).toEqual(journal.state());
    expect(again.head()).toEqual(journal.head());
    expect((await again.read(0, 100)).map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
    expect((await again.verify()).problems).toEqual([]);
  });

  it('knows where each dossier stands without reading it, over segments and starts', async () => {
    const ids = Array.from({ length: 25 }, () => randomUUID());
    let journal = await journals.open({ limits: small });
    for (const [at, id] of ids.entries()) {
      await appendDossier(
        journal,
        id,
        Array.from({ length: at % 4 }, (_, nth) => digest(`${nth}`)),
      );
      if (at % 10 === 9) {
        await journal.close();
        journal = await journals.open({ limits: small });
      }
    }
    for (const [at, id] of ids.entries()) expect(journal.acceptedAt(id)).toEqual({ seq: at + 1, scans: at % 4 });
    expect(journal.acceptedAt(randomUUID())).toBeUndefined();
    expect(journal.acceptedAt('not-an-id')).toBeUndefined();
  });

  it('reads after a power cut only what came after the last checkpoint', async () => {
    const journal = await journals.open({ limits: { checkpointEntries: 100 } });
    for (let i = 0; i < 250; i += 50) await fill(journal, 50);
    await journal.dropThrough(0); // waits for the checkpoints under way
    await fill(journal, 30);
    const cut = await copy();
    const again = await cut.open();
    expect(again.problems).toEqual([]);
    expect(again.state()).toEqual(journal.state());
    expect(again.entriesReadAtStart).toBeGreaterThanOrEqual(30);
    expect(again.entriesReadAtStart).toBeLessThan(100);
  });

  it.each([
    ['missing', (path: string) => rm(path)],
    ['empty', (path: string) => truncate(path, 0)],
    ['cut', (path: string) => truncate(path, 60)],
    ['of random bytes', (path: string) => writeFile(path, randomBytes(300))],
    [
      'damaged in one bit',
      async (path: string) => {
        const bytes = await readFile(path);
        bytes[40] = (bytes[40] ?? 0) ^ 1;
        await writeFile(path, bytes);
      },
    ],
  ])('reads the segment itself when its checkpoint is %s', async (_what, spoil) => {
    const journal = await journals.open();
    await fill(journal, 30);
    await journal.close();
    await spoil(join(journals.folder, (await journals.names('.index'))[0] ?? ''));
    const again = await journals.open();
    expect(again.problems).toEqual([]);
    expect(again.entriesReadAtStart).toBe(30);
    expect(again.state()).toEqual(journal.state());
    await again.close();
    expect((await journals.open()).entriesReadAtStart).toBe(0);
  });

  it('tells how far it is, and lets others have a turn, when everything has to be read', async () => {
    const journal = await journals.open({ limits: { segmentBytes: 200_000 } });
    for (let i = 0; i < 5; i++) await fill(journal, 400);
    await journal.close();
    for (const name of await journals.names('.index')) await rm(join(journals.folder, name));
    const shares: number[] = [];
    let turns = 0;
    const beat = setInterval(() => (turns += 1), 1);
    const again = await journals.open({ onProgress: (share) => shares.push(share) });
    clearInterval(beat);
    expect(again.entriesReadAtStart).toBe(2000);
    expect(shares.length).toBeGreaterThanOrEqual((await journals.names('.qmcj')).length);
    expect(shares.at(-1)).toBe(1);
    expect([...shares].sort((a, b) => a - b)).toEqual(shares);
    expect(turns).toBeGreaterThan(3);
    expect(again.state()).toEqual(journal.state());
  });

  it('tells how far it is also within one long segment', async () => {
    const journal = await journals.open();
    for (let i = 0; i < 5; i++) await fill(journal, 400);
    await journal.close();
    for (const name of await journals.names('.index')) await rm(join(journals.folder, name));
    const shares: number[] = [];
    await journals.open({ onProgress: (share) => shares.push(share) });
    expect(await journals.names('.qmcj')).toHaveLength(1);
    expect(shares.length).toBeGreaterThan(3);
    expect(shares.every((share, at) => share > 0 && share <= 1 && share >= (shares[at - 1] ?? 0))).toBe(true);
  });

  it('does not believe the checkpoint of another journal, of another segment or of a newer version', async () => {
    const other = await testJournals();
    copies.push(other);
    const theirs = await other.open();
    await fill(theirs, 5);
    await theirs.close();
    const journal = await journals.open({ limits: small });
    for (let i = 0; i < 30; i++) await appendTicket(journal);
    await journal.close();
    const names = await journals.names('.index');
    const [first = '', second = ''] = names;
    const readIndex = (name: string): Promise<Buffer> => readFile(join(journals.folder, name));
    const theirIndex = await readFile(join(other.folder, (await other.names('.index'))[0] ?? ''));
    const seal = createJournalSeal(journal.journalId, aVault);
    const newer = Buffer.from(JSON.stringify({ version: 2, bytes: 0 }));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(newer.length);
    const kept = await readIndex(first);
    const foreign = [
      theirIndex,
      await readIndex(second),
      createVault(Buffer.alloc(32, 9)).seal(kept, 'x'),
      seal.sealIndex(first.replace('.index', '.qmcj'), Buffer.concat([length, newer])),
    ];
    for (const bytes of foreign) {
      await writeFile(join(journals.folder, first), bytes);
      const again = await journals.open({ limits: small });
      expect(again.problems).toEqual([]);
      expect(again.entriesReadAtStart).toBeGreaterThan(0);
      expect(again.state()).toEqual(journal.state());
      await again.close();
    }
  });

  it('never gives a number twice when the segment lost what its checkpoint has seen', async () => {
    const journal = await journals.open();
    for (let i = 0; i < 10; i++) await appendDossier(journal);
    await journal.close();
    const path = join(journals.folder, (await journals.names('.qmcj'))[0] ?? '');
    await truncate(path, (await readFile(path)).length - 2000);
    await rm(join(journals.folder, 'head.json'));
    const again = await journals.open();
    expect(kindsOf(again)).toContain('entries-missing');
    const next = await appendDossier(again);
    expect(next.ok && next.value.seq).toBe(11);
    expect(again.state().usedByDate['2026-11-23']?.[LEASE]).toBe(11);
    await again.close();
    expect(kindsOf(await journals.open())).toContain('entries-missing');
  });

  it('says at every start that a segment is damaged, as long as it is', async () => {
    const journal = await journals.open({ limits: { checkpointEntries: 5 } });
    await fill(journal, 20);
    await journal.close();
    const path = join(journals.folder, (await journals.names('.qmcj'))[0] ?? '');
    const bytes = await readFile(path);
    const at = Math.floor(bytes.length / 2);
    bytes[at] = (bytes[at] ?? 0) ^ 0x40;
    await writeFile(path, bytes);
    await rm(join(journals.folder, (await journals.names('.index'))[0] ?? ''));
    for (let start = 0; start < 3; start++) {
      const again = await journals.open({ limits: { checkpointEntries: 5 } });
      expect(kindsOf(again)).toContain('damaged');
      await fill(again, 7);
      await again.close();
    }
  });

  it('says at every start that no segment of a journal opens, over many segments', async () => {
    const journal = await journals.open({ limits: small });
    for (let i = 0; i < 30; i++) await appendTicket(journal);
    await journal.close();
    const vault = createVault(randomBytes(32));
    for (let start = 0; start < 2; start++) {
      const again = await journals.open({ limits: small, vault });
      expect(again.entriesReadAtStart).toBe(30);
      expect(new Set(kindsOf(again))).toEqual(new Set(['sealed-with-other-key']));
      expect(again.head().seq).toBe(30);
      await again.close();
    }
    // With the right key nothing was lost by it.
    expect((await journals.open({ limits: small })).state()).toEqual(journal.state());
  });

  it('finds by a full reading what a start from the checkpoint does not look at, and goes on without that entry', async () => {
    const journal = await journals.open();
    await fill(journal, 20);
    await journal.close();
    const path = join(journals.folder, (await journals.names('.qmcj'))[0] ?? '');
    const bytes = await readFile(path);
    const third = [1, 2, 3].reduce((from) => bytes.indexOf('QJE1', from + 1), 0);
    bytes[third + 200] = (bytes[third + 200] ?? 0) ^ 0x40;
    await writeFile(path, bytes);
    const told: string[] = [];
    const again = await journals.open({ onProblem: ({ kind }) => told.push(kind) });
    expect(again.problems).toEqual([]);
    expect((await again.read(0, 5)).map(({ seq }) => seq)).toEqual([1, 2, 4, 5, 6]);
    expect(await again.find(3)).toBeUndefined();
    expect(kindsOf(again)).toEqual(['unreadable-entry']);
    await again.verify();
    expect(told).toEqual(['unreadable-entry', 'damaged', 'not-in-chain']);
  });
});
