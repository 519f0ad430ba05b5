import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../shared/journal/operation.ts';
import { fail, ok } from '../../shared/lib/result.ts';
import { issueTicket } from '../../shared/queue/decide.ts';
import { createVault } from '../keys/vault.ts';
import { hashEntry, openJournal, type Journal } from './journal.ts';

const groups = [{ id: 'land', letter: 'B', name: 'Đất đai', fields: [] }];
const vault = createVault(randomBytes(32));
const clock = (): number => Date.parse('2026-11-23T08:00:00+07:00');

let folder: string;
const opened: Journal[] = [];
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'qmc-journal-'))));
afterEach(async () => {
  await Promise.all(opened.splice(0).map((journal) => journal.close()));
  await rm(folder, { recursive: true });
});

async function openHere(seen: JournalEntry[] = []): Promise<Journal> {
  const journal = await openJournal({ folder, vault, clock, onEntry: (entry) => seen.push(entry) });
  opened.push(journal);
  return journal;
}

const issue = (journal: Journal): ReturnType<Journal['transact']> =>
  journal.transact('officer', (state) => issueTicket(state.queue, groups, { ticketId: randomUUID(), groupId: 'land', priority: 'none', atMs: clock() }));

async function issueMany(count: number): Promise<void> {
  const journal = await openHere();
  for (let i = 0; i < count; i++) expect((await issue(journal)).ok).toBe(true);
  await journal.close();
}

const numbersIn = (journal: Journal): string[] => journal.state().queue.tickets.map(({ number }) => number);
const segment = async (): Promise<string> => join(folder, (await readdir(folder)).find((name) => name.endsWith('.qmcj')) ?? '');

describe('journal', () => {
  it('gives back after a restart what it acknowledged, chained and whole', async () => {
    await issueMany(3);
    const seen: JournalEntry[] = [];
    const again = await openHere(seen);
    expect(again.problems).toEqual([]);
    expect(numbersIn(again)).toEqual(['B001', 'B002', 'B003']);
    expect(seen.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(seen.every((entry, at) => entry.hash === hashEntry(entry) && entry.previousHash === (seen[at - 1]?.hash ?? '0'.repeat(64)))).toBe(true);
    expect(await again.read(1, 10)).toEqual(seen.slice(1));
    await issue(again);
    expect(numbersIn(again).at(-1)).toBe('B004');
  });

  it('never gives one number to two who ask at the same moment', async () => {
    const journal = await openHere();
    const results = await Promise.all(Array.from({ length: 50 }, () => issue(journal)));
    expect(results.every(({ ok: isOk }) => isOk)).toBe(true);
    expect(new Set(numbersIn(journal)).size).toBe(50);
    expect(journal.head().seq).toBe(50);
  });

  it('leaves no trace of a refused decision', async () => {
    const journal = await openHere();
    expect(await journal.transact('officer', () => fail('nobody-waiting'))).toEqual(fail('nobody-waiting'));
    expect(journal.head().seq).toBe(0);
  });

  it('holds no plain text of what was said', async () => {
    const journal = await openHere();
    const ticketId = randomUUID();
    await journal.transact('officer', () => ok({ type: 'ticket.recalled' as const, ticketId, number: 'B001', counter: 'Nguyễn Văn Bí Mật', atMs: clock() }));
    await journal.close();
    const bytes = await readFile(await segment());
    expect(bytes.includes('Bí Mật')).toBe(false);
    expect(bytes.includes(ticketId)).toBe(false);
  });

  it('keeps everything before a cut anywhere in the last two entries, and reports the torn tail', async () => {
    await issueMany(4);
    const path = await segment();
    const whole = await readFile(path);
    const entryBytes = Math.floor((whole.length - 50) / 4);
    for (let length = whole.length - 1; length > whole.length - 2 * entryBytes; length -= 5) {
      await writeFile(path, whole.subarray(0, length));
      const journal = await openJournal({ folder, vault, clock });
      const kept = journal.head().seq;
      expect(kept).toBe(length >= 50 + 3 * entryBytes ? 3 : 2);
      const isBetween = (length - 50) % entryBytes === 0;
      expect(journal.problems.map(({ kind }) => kind)).toEqual(isBetween ? [] : ['torn-tail']);
      await journal.close();
    }
  });

  it('reports a flipped byte anywhere and hides nothing behind it', async () => {
    await issueMany(3);
    const path = await segment();
    const whole = await readFile(path);
    const entryBytes = Math.floor((whole.length - 50) / 3);
    for (let at = 50 + entryBytes; at < 50 + 2 * entryBytes; at += 7) {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] ?? 0) ^ 0x10;
      await writeFile(path, flipped);
      const journal = await openJournal({ folder, vault, clock });
      expect(journal.problems.length).toBeGreaterThan(0);
      expect(await journal.find(1)).toBeDefined();
      expect(await journal.find(3)).toBeDefined();
      expect(journal.head().seq).toBe(3);
      await journal.close();
    }
  });

  it('does not take the entries of another device', async () => {
    await issueMany(2);
    const journal = await openJournal({ folder, vault: createVault(randomBytes(32)), clock });
    expect(journal.problems.map(({ kind }) => kind)).toEqual(['sealed-with-other-key', 'sealed-with-other-key']);
    expect(journal.head().seq).toBe(2);
    await journal.close();
  });
});
