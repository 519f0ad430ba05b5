import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JournalEntry } from '../../shared/journal/operation.ts';
import { fail, ok } from '../../shared/lib/result.ts';
import { issueTicket } from '../../shared/queue/decide.ts';
import { createVault } from '../keys/vault.ts';
import { openJournal, type Journal, type JournalOptions } from './journal.ts';
import { hashEntry } from './sealed-entry.ts';

const groups = [{ id: 'land', letter: 'B', name: 'Đất đai', fields: [] }];
const vault = createVault(randomBytes(32));
const deviceKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const clock = (): number => Date.parse('2026-11-23T08:00:00+07:00');

let folder: string;
const opened: Journal[] = [];
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'qmc-journal-'))));
afterEach(async () => {
  await Promise.all(opened.splice(0).map((journal) => journal.close()));
  await rm(folder, { recursive: true });
});

async function openHere({ limits, ...change }: Partial<JournalOptions> = {}): Promise<Journal> {
  const journal = await openJournal({ folder, vault, deviceKey, clock, limits: { reserveBytes: 0, ...limits }, ...change });
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
const kindsIn = (journal: Journal): string[] => journal.problems.map(({ kind }) => kind);
const segment = async (): Promise<string> => join(folder, (await readdir(folder)).find((name) => name.endsWith('.qmcj')) ?? '');
async function removeIndexes(): Promise<void> {
  for (const name of await readdir(folder)) if (name.endsWith('.index')) await rm(join(folder, name));
}

describe('journal', () => {
  it('gives back after a restart what it acknowledged, chained and whole', async () => {
    await issueMany(3);
    const again = await openHere();
    expect(again.problems).toEqual([]);
    expect(numbersIn(again)).toEqual(['B001', 'B002', 'B003']);
    const entries = await again.read(0, 10);
    expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(entries.every((entry, at) => entry.hash === hashEntry(entry) && entry.previousHash === (entries[at - 1]?.hash ?? '0'.repeat(64)))).toBe(true);
    expect(await again.read(1, 1)).toEqual(entries.slice(1, 2));
    await issue(again);
    expect(numbersIn(again).at(-1)).toBe('B004');
  });

  it('tells of each entry once it is on disk, and of none at a start', async () => {
    const seen: JournalEntry[] = [];
    const journal = await openHere({ onEntry: (entry) => seen.push(entry) });
    await issue(journal);
    expect(seen.map(({ seq }) => seq)).toEqual([1]);
    await journal.close();
    await openHere({ onEntry: (entry) => seen.push(entry) });
    expect(seen).toHaveLength(1);
  });

  it('never gives one number to two who ask at the same moment, and asks the disk few times', async () => {
    const journal = await openHere();
    await issue(journal);
    const probe = await open(await segment(), 'r');
    const datasync = vi.spyOn(Object.getPrototypeOf(probe) as typeof probe, 'datasync');
    await probe.close();
    const results = await Promise.all(Array.from({ length: 200 }, () => issue(journal)));
    const asked = datasync.mock.calls.length;
    datasync.mockRestore();
    expect(results.every(({ ok: isOk }) => isOk)).toBe(true);
    expect(new Set(numbersIn(journal)).size).toBe(201);
    expect(journal.head().seq).toBe(201);
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThanOrEqual(2);
  });

  it('leaves no trace of a refused decision', async () => {
    const journal = await openHere();
    expect(await journal.transact('officer', () => fail('nobody-waiting'))).toEqual(fail('nobody-waiting'));
    expect(journal.head().seq).toBe(0);
  });

  it('acknowledges nothing that it could not read again', async () => {
    const journal = await openHere();
    await expect(journal.transact('officer', () => ok({ type: 'catalogue.installed' as const, version: 'v', procedures: 1.5 }))).rejects.toThrow();
    expect(journal.head().seq).toBe(0);
    expect((await issue(journal)).ok).toBe(true);
  });

  it('holds no plain text of what was said', async () => {
    const journal = await openHere();
    const ticketId = randomUUID();
    await journal.transact('officer', () => ok({ type: 'ticket.recalled' as const, ticketId, number: 'B001', counter: 'Nguyễn Văn Bí Mật', atMs: clock() }));
    await journal.close();
    for (const name of await readdir(folder)) {
      const bytes = await readFile(join(folder, name));
      expect(bytes.includes('Bí Mật')).toBe(false);
      expect(bytes.includes(ticketId)).toBe(false);
    }
  });

  it('keeps everything before a cut anywhere in the last two entries, and reports that the signed head is further', async () => {
    await issueMany(4);
    const path = await segment();
    const names = await readdir(folder);
    const kept = await Promise.all(names.map(async (name) => ({ name, bytes: await readFile(join(folder, name)) })));
    const whole = await readFile(path);
    const probe = await openHere();
    await probe.close();
    const entryBytes = Math.floor((whole.length - 500) / 4);
    for (let length = whole.length - 1; length > whole.length - 2 * entryBytes; length -= 37) {
      for (const name of await readdir(folder)) await rm(join(folder, name));
      for (const { name, bytes } of kept) await writeFile(join(folder, name), bytes);
      await removeIndexes();
      await writeFile(path, whole.subarray(0, length));
      const journal = await openHere();
      expect(kindsIn(journal)).toContain('shorter-than-signed-head');
      expect((await journal.read(0, 10)).length).toBeGreaterThanOrEqual(2);
      // The seqs that are lost are not given out again: the province may hold their entries.
      expect(journal.head().seq).toBe(4);
      await journal.close();
    }
  });

  it('reports a flipped byte anywhere and hides nothing behind it', async () => {
    await issueMany(3);
    await removeIndexes();
    const path = await segment();
    const whole = await readFile(path);
    const second = whole.indexOf('QJE1', whole.indexOf('QJE1') + 1);
    const third = whole.indexOf('QJE1', second + 1);
    for (let at = second; at < third; at += 7) {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] ?? 0) ^ 0x10;
      await writeFile(path, flipped);
      const journal = await openHere();
      expect(kindsIn(journal)).toEqual(['damaged', 'not-in-chain']);
      expect(await journal.find(1)).toBeDefined();
      expect(await journal.find(3)).toBeDefined();
      expect(journal.head().seq).toBe(3);
      await journal.close();
    }
  });

  it('does not take the entries of another device', async () => {
    await issueMany(2);
    const journal = await openHere({ vault: createVault(randomBytes(32)) });
    // The state in the segment's header first, then both entries as one problem.
    expect(journal.problems).toEqual([
      { kind: 'sealed-with-other-key', seq: 1, throughSeq: 1 },
      { kind: 'sealed-with-other-key', seq: 1, throughSeq: 2 },
    ]);
    expect(journal.head().seq).toBe(2);
    expect(await journal.read(0, 10)).toEqual([]);
  });
});
