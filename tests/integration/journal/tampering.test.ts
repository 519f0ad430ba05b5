/** A 200-entry journal cut at every byte and flipped in every byte, and its entries swapped, deleted, doubled and forged. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createChecksum, encodeEntry, type Checksum } from '../../../electron/journal/entry-codec.ts';
import { decodeHeader, scanEntries } from '../../../electron/journal/segment.ts';
import { appendDossier, appendTicket, fill, kindsOf, printedSeed, seeded, testJournals, type TestJournals } from '../../fixtures/journals.ts';

const ENTRIES = 200;
const next = seeded(printedSeed('journal tampering'));

let journals: TestJournals;
let checksum: Checksum;
let name: string;
let whole: Buffer;
/** Where each entry starts, and at last where the segment ends. */
let starts: number[];
let headerEnd: number;
beforeAll(async () => {
  journals = await testJournals();
  checksum = await createChecksum();
  const journal = await journals.open();
  for (let i = 0; i < ENTRIES; i++) await (i % 4 === 0 ? appendDossier(journal) : appendTicket(journal));
  await journal.close();
  [name = ''] = await journals.names('.qmcj');
  whole = await readFile(join(journals.folder, name));
  headerEnd = decodeHeader(whole, checksum)?.bytes ?? 0;
  starts = [...[...scanEntries(whole, headerEnd, checksum)].map(({ offset }) => offset), whole.length];
});
afterAll(() => journals.remove());

/** The entry that holds this byte, counted from 0. */
function entryOf(at: number): number {
  let [low, high] = [0, starts.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] as number) <= at) low = middle;
    else high = middle;
  }
  return low;
}

/** A copy whose segment has these bytes, without or with the checkpoint that covers the untouched one. */
async function withBytes<T>(bytes: Buffer, keep: { index: boolean; head: boolean }, work: (copy: TestJournals) => Promise<T>): Promise<T> {
  const copy = await journals.copy();
  try {
    await writeFile(join(copy.folder, name), bytes);
    if (!keep.index) for (const index of await copy.names('.index')) await rm(join(copy.folder, index));
    if (!keep.head) await rm(join(copy.folder, 'head.json'));
    return await work(copy);
  } finally {
    await copy.remove();
  }
}

const flip = (bytes: Buffer, at: number): Buffer => {
  const flipped = Buffer.from(bytes);
  flipped[at] = (flipped[at] ?? 0) ^ (1 << next(8));
  return flipped;
};

describe(`a journal of ${ENTRIES} entries`, () => {
  it('has them all before anything is done to it', () => {
    expect(starts).toHaveLength(ENTRIES + 1);
    expect(starts[0]).toBe(headerEnd);
  });

  it('cut at every byte: every entry before the cut is there, and a cut inside an entry is seen', () => {
    for (let length = headerEnd; length < whole.length; length++) {
      const entry = entryOf(length);
      // The scan is a walk: what it does before the last whole entry does not depend on the cut.
      const from = Math.max(0, entry - 1);
      const found = [...scanEntries(whole.subarray(0, length), starts[from] as number, checksum)];
      const isBetween = length === starts[entry];
      const wanted = [...(from < entry ? ['entry'] : []), ...(isBetween ? [] : ['damage'])];
      if (found.map(({ kind }) => kind).join() !== wanted.join()) expect.fail(`cut at ${length}`);
      if (!isBetween && found.at(-1)?.offset !== starts[entry]) expect.fail(`cut at ${length} reported elsewhere`);
    }
  });

  it('flipped in every byte of every entry: exactly that entry is reported, and the next one is read', () => {
    for (let at = headerEnd; at < whole.length; at++) {
      const entry = entryOf(at);
      const bytes = flip(whole, at);
      const [damage, after] = scanEntries(bytes, starts[entry] as number, checksum);
      const isLast = entry === ENTRIES - 1;
      if (damage?.kind !== 'damage' || damage.offset !== starts[entry] || damage.offset + damage.bytes !== starts[entry + 1]) expect.fail(`flip at ${at}`);
      if (isLast ? after !== undefined : after?.kind !== 'entry' || after.offset !== starts[entry + 1]) expect.fail(`flip at ${at} hides what is behind it`);
    }
  });

  it('flipped or cut in every byte of its header: seen, and every entry is still read', () => {
    const named = decodeHeader(whole, checksum);
    for (let at = 0; at < headerEnd; at++) {
      const bytes = flip(whole, at);
      const header = decodeHeader(bytes, checksum);
      if (header !== undefined && header.version === named?.version) expect.fail(`header flipped at ${at}`);
      if (at % 20 === 0) expect([...scanEntries(bytes, header?.bytes ?? 0, checksum)].filter(({ kind }) => kind === 'entry')).toHaveLength(ENTRIES);
      expect(decodeHeader(whole.subarray(0, at), checksum)?.version).not.toBe(2);
    }
  });

  it('opened after a cut, with whatever else is left on disk: nothing before it lost, always reported', async () => {
    for (let round = 0; round < 12; round++) {
      const length = next(whole.length);
      const keep = { index: round % 2 === 0, head: round % 3 !== 0 || round % 2 === 1 };
      await withBytes(whole.subarray(0, length), keep, async (copy) => {
        const journal = await copy.open();
        const before = length < headerEnd ? 0 : entryOf(length);
        expect((await journal.read(0, ENTRIES)).map(({ seq }) => seq)).toEqual(Array.from({ length: before }, (_, at) => at + 1));
        expect(kindsOf(journal).length, `cut at ${length}`).toBeGreaterThan(0);
        if (keep.index || keep.head) {
          expect(kindsOf(journal).some((kind) => kind === 'shorter-than-signed-head' || kind === 'entries-missing')).toBe(true);
          expect(journal.head().seq).toBe(ENTRIES);
        }
        // No number that anything left on disk has seen is given again.
        if (keep.index) expect(journal.state().usedByDate['2026-11-23']).toEqual({ 'lease-1': ENTRIES / 4 });
      });
    }
  });

  it('opened after a flip: reported at once or by the full reading, and every other entry is there', async () => {
    for (let round = 0; round < 12; round++) {
      const at = next(whole.length);
      await withBytes(flip(whole, at), { index: round % 2 === 0, head: true }, async (copy) => {
        const journal = await copy.open();
        await journal.verify();
        expect(kindsOf(journal).length, `flip at ${at}`).toBeGreaterThan(0);
        const hit = at < headerEnd ? 0 : entryOf(at) + 1;
        const left = Array.from({ length: ENTRIES }, (_, nth) => nth + 1).filter((seq) => seq !== hit);
        // A damaged last entry cannot be told from a torn one, but the signed head knows it was there.
        expect((await journal.read(0, ENTRIES)).map(({ seq }) => seq)).toEqual(left);
        expect((await appendTicket(journal)).ok).toBe(true);
        expect(journal.head().seq).toBe(ENTRIES + 1);
      });
    }
  });

  const entryBytes = (nth: number): Buffer => whole.subarray(starts[nth], starts[nth + 1]);
  const rebuilt = (order: readonly number[]): Buffer => Buffer.concat([whole.subarray(0, headerEnd), ...order.map(entryBytes)]);
  const all = Array.from({ length: ENTRIES }, (_, nth) => nth);

  it.each(['swapped', 'deleted', 'doubled', 'moved'] as const)('with entries %s: reported, and nothing that is there is hidden', async (how) => {
    for (let round = 0; round < 6; round++) {
      const at = next(ENTRIES - 2);
      const to = at + 1 + next(ENTRIES - at - 1);
      const order = [...all];
      if (how === 'swapped') [order[at], order[to]] = [to, at];
      if (how === 'deleted') order.splice(at, 1 + next(3));
      if (how === 'doubled') order.splice(to, 0, at);
      if (how === 'moved') order.splice(to, 0, ...order.splice(at, 1));
      await withBytes(rebuilt(order), { index: round % 2 === 0, head: true }, async (copy) => {
        const journal = await copy.open();
        await journal.verify();
        expect(kindsOf(journal).length, `${how} ${at} ${to}`).toBeGreaterThan(0);
        if (round % 2 === 0) return;
        expect((await journal.read(0, ENTRIES + 1)).map(({ seq }) => seq)).toEqual([...new Set(order)].map((nth) => nth + 1).sort((a, b) => a - b));
        expect(journal.head().seq).toBe(ENTRIES);
      });
    }
  });

  it('with a forged entry: the head does not follow it, and it is never read as one of ours', async () => {
    for (const seq of [ENTRIES + 1, 2 ** 40, 7]) {
      const decoded = [...scanEntries(entryBytes(6), 0, checksum)][0];
      if (decoded?.kind !== 'entry') throw new Error('no entry');
      const forged = encodeEntry({ ...decoded.entry, seq, hash: 'f'.repeat(64) }, checksum);
      await withBytes(Buffer.concat([whole, forged]), { index: false, head: true }, async (copy) => {
        const journal = await copy.open();
        expect(kindsOf(journal)).toContain(seq === 2 ** 40 || seq === 7 ? 'not-in-chain' : 'sealed-with-other-key');
        expect(journal.head().seq).toBeLessThanOrEqual(ENTRIES + 1);
        expect((await journal.read(0, ENTRIES + 5)).length).toBe(ENTRIES);
      });
    }
  });

  it('lets the process answer others while the whole of a longer journal is read', async () => {
    const longer = await testJournals();
    const journal = await longer.open();
    for (let i = 0; i < 15; i++) await fill(journal, 200);
    const startedMs = performance.now();
    let turns = 0;
    let isOver = false;
    const turn = (): void => {
      turns += 1;
      if (!isOver) setTimeout(turn, 0);
    };
    setTimeout(turn, 0);
    const verification = await journal.verify();
    isOver = true;
    expect(verification).toEqual({ entries: 3000, problems: [], isComplete: true });
    const meanMs = (performance.now() - startedMs) / Math.max(turns, 1);
    await longer.remove();
    expect(meanMs).toBeLessThan(50);
  });

  it('stops reading when the journal is closed', async () => {
    const copy = await journals.copy();
    const journal = await copy.open();
    const verifying = journal.verify({ restMs: 5 });
    await journal.close();
    expect((await verifying).isComplete).toBe(false);
    await copy.remove();
  });
});
