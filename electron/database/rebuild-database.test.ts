import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { JournalProblem } from '../journal/problem.ts';
import { removeBroken } from './broken-database.ts';
import { createRebuildDatabase } from './rebuild-database.ts';

let userData: string;
let problems: JournalProblem[];
let free: number;
beforeEach(async () => {
  userData = await mkdtemp(join(tmpdir(), 'qmc-rebuild-'));
  problems = [];
  free = Infinity;
  await writeFile(join(userData, 'journal'), 'stays');
  await mkdir(join(userData, 'IndexedDB', 'app_app_0.indexeddb.leveldb', 'LOCK'), { recursive: true });
});
afterEach(() => rm(userData, { recursive: true, force: true }));

const rebuilder = () =>
  createRebuildDatabase({
    userData,
    journal: { problems },
    clear: () => Promise.reject(new Error('damaged')),
    freeBytes: () => Promise.resolve(free),
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });

it('takes the database away and nothing else, once by itself and again when asked', async () => {
  const rebuild = rebuilder();
  expect(await rebuild(false)).toEqual({ ok: true, value: null });
  expect(await readdir(userData)).toEqual(['journal']);
  await writeFile(join(userData, 'IndexedDB'), 'not a folder');
  expect(await rebuild(false)).toMatchObject({ ok: false, failure: { kind: 'needs-word' } });
  expect(await readdir(userData)).toContain('IndexedDB');
  expect(await rebuild(true)).toMatchObject({ ok: true });
  expect(await readdir(userData)).toEqual(['journal']);
  expect(await rebuild(true)).toMatchObject({ ok: true });
});

it('touches nothing on a full disk, nor by itself beside a damaged journal', async () => {
  free = 1_000_000;
  expect(await rebuilder()(true)).toMatchObject({ ok: false, failure: { kind: 'disk-full' } });
  free = Infinity;
  problems = [{ kind: 'history-cut' } as unknown as JournalProblem];
  expect(await rebuilder()(false)).toMatchObject({ ok: false, failure: { kind: 'needs-word' } });
  expect(await readdir(userData)).toContain('IndexedDB');
  problems = [{ kind: 'torn-tail' } as unknown as JournalProblem];
  expect(await rebuilder()(false)).toMatchObject({ ok: true });
});

it('removes at a later start what would not go', async () => {
  await mkdir(join(userData, 'IndexedDB.broken-1', 'x'), { recursive: true });
  await removeBroken(userData);
  expect((await readdir(userData)).sort()).toEqual(['IndexedDB', 'journal']);
});
