import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendDossier, appendTicket, aVault, fill, kindsOf, LEASE, testJournals, type TestJournals } from '../../tests/fixtures/journals.ts';
import { emptyCounterState, reduceCounter } from '../../shared/journal/counter-state.ts';
import { GENESIS_HASH } from '../../shared/journal/chain.ts';
import { createChecksum, encodeEntry } from './entry-codec.ts';
import type { Journal } from './journal.ts';
import { createJournalSeal, hashEntry } from './sealed-entry.ts';
import { segmentName } from './segment.ts';

const small = { segmentBytes: 8000 };

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

async function longJournal(ids: string[] = []): Promise<Journal> {
  const journal = await journals.open({ limits: small });
  for (let i = 0; i < 30; i++) {
    await appendDossier(journal, ids[i] ?? randomUUID());
    await appendTicket(journal);
  }
  return journal;
}

describe('dropping segments', () => {
  it('deletes whole segments only, keeps the counters, and the rest still verifies', async () => {
    const ids = Array.from({ length: 30 }, () => randomUUID());
    const journal = await longJournal(ids);
    const before = await journals.names('.qmcj');
    const { segments, firstSeq } = await journal.dropThrough(35);
    expect(segments).toBeGreaterThan(0);
    expect(firstSeq).toBeGreaterThan(1);
    expect(firstSeq).toBeLessThanOrEqual(36);
    expect(await journals.names('.qmcj')).toEqual(before.slice(segments));
    expect(journal.firstSeq()).toBe(firstSeq);
    expect((await journal.read(0, 100))[0]?.seq).toBe(firstSeq);
    expect(journal.acceptedAt(ids[0] ?? '')).toBeUndefined();
    expect(journal.acceptedAt(ids[29] ?? '')).toBeDefined();
    await journal.close();

    for (const withIndexes of [true, false]) {
      const cut = await copy();
      if (!withIndexes) for (const name of await cut.names('.index')) await rm(join(cut.folder, name));
      const again = await cut.open({ limits: small });
      expect(again.problems).toEqual([]);
      expect(again.firstSeq()).toBe(firstSeq);
      expect(again.state()).toEqual(journal.state());
      expect(await again.verify()).toEqual({ entries: 60 - firstSeq + 1, problems: [], isComplete: true });
      const next = await appendDossier(again);
      expect(next.ok && next.value.operation).toMatchObject({ number: { leaseId: LEASE, order: 31 } });
    }
  });

  it('never deletes the newest segment, nor what is not verified', async () => {
    const journal = await longJournal();
    const before = await journals.names('.qmcj');
    expect(await journal.dropThrough(0)).toEqual({ segments: 0, firstSeq: 1 });
    expect(await journals.names('.qmcj')).toEqual(before);
    const all = await journal.dropThrough(journal.head().seq);
    expect(all.segments).toBe(before.length - 1);
    expect(await journals.names('.qmcj')).toEqual(before.slice(-1));
    await appendTicket(journal);
    await journal.close();
    expect((await journals.open({ limits: small })).problems).toEqual([]);
  });

  it('shows segments that were taken away without leave: the oldest, one in the middle, the newest', async () => {
    const journal = await longJournal();
    await journal.dropThrough(20);
    await journal.close();
    const names = await journals.names('.qmcj');
    const wanted: Array<[string, string]> = [
      [names[0] ?? '', 'entries-missing'],
      [names[1] ?? '', 'entries-missing'],
      [names.at(-1) ?? '', 'shorter-than-signed-head'],
    ];
    for (const [name, kind] of wanted) {
      const cut = await copy();
      await rm(join(cut.folder, name));
      await rm(join(cut.folder, name.replace('.qmcj', '.index')));
      const again = await cut.open({ limits: small });
      expect(kindsOf(again)).toContain(kind);
      expect(again.head().seq).toBe(60);
      // What was taken away took no number with it, as far as anything left has seen it.
      if (kind === 'entries-missing') expect(again.state().usedByDate).toEqual(journal.state().usedByDate);
    }
  });

  it('is finished later when a power cut came between the leave and the deletion', async () => {
    const journal = await longJournal();
    const whole = await copy();
    const { firstSeq } = await journal.dropThrough(40);
    // The signed leave is durable, the segments are still there.
    await writeFile(join(whole.folder, 'head.json'), await readFile(join(journals.folder, 'head.json')));
    const again = await whole.open({ limits: small });
    expect(again.problems).toEqual([]);
    expect(again.firstSeq()).toBe(1);
    expect((await again.dropThrough(40)).firstSeq).toBe(firstSeq);
  });

  it('reads a journal of the first version, goes on in the second, and drops the old segment only when the new one knows the counters', async () => {
    const { folder } = journals;
    const journalId = randomUUID();
    await writeFile(join(folder, 'journal.json'), JSON.stringify({ journalId }));
    const checksum = await createChecksum();
    const seal = createJournalSeal(journalId, aVault);
    const header = Buffer.alloc(50);
    header.write('QMCJ', 0, 'latin1');
    header.writeUInt16LE(1, 4);
    header.write(journalId, 6, 'latin1');
    header.writeBigUInt64LE(1n, 42);
    let state = emptyCounterState;
    let previousHash = GENESIS_HASH;
    const bytes: Buffer[] = [header];
    const scratch = await testJournals();
    copies.push(scratch);
    const source = await scratch.open();
    for (let seq = 1; seq <= 3; seq++) await appendDossier(source);
    for (const { hash: _, ...entry } of await source.read(0, 3)) {
      const linked = { ...entry, previousHash };
      const hash = hashEntry(linked);
      bytes.push(encodeEntry(seal.seal({ ...linked, hash }), checksum));
      previousHash = hash;
      state = reduceCounter(state, linked);
    }
    await writeFile(join(folder, segmentName(1)), Buffer.concat(bytes));

    const journal = await journals.open();
    expect(journal.problems).toEqual([]);
    expect(journal.state()).toEqual(state);
    expect(await journal.dropThrough(3)).toEqual({ segments: 0, firstSeq: 1 });
    await fill(journal, 2);
    expect(await journals.names('.qmcj')).toEqual([segmentName(1), segmentName(4)]);
    expect((await journal.verify()).problems).toEqual([]);
    expect(await journal.dropThrough(3)).toEqual({ segments: 1, firstSeq: 4 });
    await journal.close();
    const again = await journals.open();
    expect(again.problems).toEqual([]);
    expect(again.state()).toEqual(journal.state());
  });

  it('keeps the counters when the header of the first segment left is damaged too', async () => {
    const journal = await longJournal();
    await journal.dropThrough(40);
    await journal.close();
    const path = join(journals.folder, (await journals.names('.qmcj'))[0] ?? '');
    const bytes = await readFile(path);
    bytes[60] = (bytes[60] ?? 0) ^ 4;
    await writeFile(path, bytes);
    const again = await journals.open({ limits: small });
    expect(kindsOf(again)).toContain('damaged');
    expect(again.state().usedByDate).toEqual(journal.state().usedByDate);
    expect((await again.read(0, 100)).length).toBe(60 - journal.firstSeq() + 1);
  });
});
