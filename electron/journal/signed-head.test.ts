import { generateKeyPairSync } from 'node:crypto';
import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aDeviceKey, appendTicket, fill, kindsOf, testJournals, type TestJournals } from '../../tests/fixtures/journals.ts';
import { HEAD_FILE, readSignedHead } from './signed-head.ts';

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
const headPath = (): string => join(journals.folder, HEAD_FILE);
const removeIndexes = async (): Promise<void> => {
  for (const name of await journals.names('.index')) await rm(join(journals.folder, name));
};
async function closedJournal(tickets: number): Promise<string> {
  const journal = await journals.open();
  await fill(journal, tickets);
  await journal.close();
  return journal.journalId;
}

describe('signed head', () => {
  it('names the last entry after an orderly end', async () => {
    const journalId = await closedJournal(4);
    const journal = await journals.open();
    expect(await readSignedHead(journals.folder, journalId, aDeviceKey)).toMatchObject({ seq: 4, hash: journal.head().hash, firstSeq: 1 });
    expect(journal.problems).toEqual([]);
  });

  it('is signed while the journal grows, at a bounded rate and never ahead of the disk', async () => {
    const journal = await journals.open({ limits: { headEveryMs: 40 } });
    const seen = new Set<number>();
    for (let i = 0; i < 30; i++) {
      await appendTicket(journal);
      await wait(5);
      const seq = (await readSignedHead(journals.folder, journal.journalId, aDeviceKey))?.seq ?? 0;
      expect(seq).toBeLessThanOrEqual(journal.head().seq);
      seen.add(seq);
    }
    expect(seen.size).toBeGreaterThan(1);
    expect(seen.size).toBeLessThan(20);
    const cut = await copy();
    expect((await cut.open()).problems).toEqual([]);
  });

  it('shows that the newest entries were cut off, keeps the evidence, and goes on behind them', async () => {
    const journalId = await closedJournal(10);
    const signed = await readSignedHead(journals.folder, journalId, aDeviceKey);
    await removeIndexes();
    const path = join(journals.folder, (await journals.names('.qmcj'))[0] ?? '');
    const bytes = await readFile(path);
    await truncate(path, bytes.lastIndexOf('QJE1'));
    const journal = await journals.open();
    expect(journal.problems).toEqual([{ kind: 'shorter-than-signed-head', seq: 9, signedSeq: 10 }]);
    const next = await appendTicket(journal);
    expect(next.ok && [next.value.seq, next.value.previousHash]).toEqual([11, signed?.hash]);
    await journal.close();
    expect(JSON.parse(await readFile(join(journals.folder, 'head-10.kept'), 'utf8'))).toMatchObject({ seq: 10, hash: signed?.hash });
    const again = await journals.open();
    expect(again.problems).toEqual([{ kind: 'entries-missing', afterSeq: 9, beforeSeq: 11 }]);
    expect((await again.read(0, 20)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 11]);
  });

  it('shows a journal that was put back from an older copy', async () => {
    await closedJournal(5);
    const older = await copy();
    const journal = await journals.open();
    await fill(journal, 5);
    await journal.close();
    for (const name of [...(await journals.names('.qmcj')), ...(await journals.names('.index'))]) {
      await writeFile(join(journals.folder, name), await readFile(join(older.folder, name)));
    }
    expect(kindsOf(await journals.open())).toEqual(['shorter-than-signed-head']);
  });

  it('shows another history of the same length', async () => {
    await closedJournal(5);
    const other = await copy();
    const [one, two] = [await journals.open(), await other.open()];
    await fill(one, 3);
    await fill(two, 3);
    await Promise.all([one.close(), two.close()]);
    await writeFile(headPath(), await readFile(join(other.folder, HEAD_FILE)));
    expect(kindsOf(await journals.open())).toEqual(['differs-from-signed-head']);
  });

  it('is missed when it is gone, damaged, edited or signed by another device', async () => {
    await closedJournal(5);
    const kept = await readFile(headPath());
    const edited = Buffer.from(kept.toString('utf8').replace('"seq":5', '"seq":3'));
    for (const bytes of [undefined, Buffer.alloc(0), kept.subarray(0, 50), edited]) {
      const cut = await copy();
      if (bytes === undefined) await rm(join(cut.folder, HEAD_FILE));
      else await writeFile(join(cut.folder, HEAD_FILE), bytes);
      expect(kindsOf(await cut.open())).toEqual(['signed-head-missing']);
    }
    const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    expect(kindsOf(await journals.open({ deviceKey: otherKey }))).toEqual(['signed-head-missing']);
  });

  it('is there before the first entry can be lost', async () => {
    const journal = await journals.open({ limits: { headEveryMs: 60_000 } });
    await appendTicket(journal);
    const cut = await copy();
    expect((await cut.open()).problems).toEqual([]);
  });
});
