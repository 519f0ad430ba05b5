import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removePlainDatabase } from './plain-database.ts';

let userData: string;
beforeEach(async () => (userData = await mkdtemp(join(tmpdir(), 'qmc-plain-'))));
afterEach(() => rm(userData, { recursive: true, force: true }));
const database = async (): Promise<void> => {
  await mkdir(join(userData, 'IndexedDB', 'app_app_0.indexeddb.leveldb'), { recursive: true });
  await writeFile(join(userData, 'IndexedDB', 'app_app_0.indexeddb.leveldb', '000003.log'), 'Nguyễn Thị Hường');
};

it('removes what an older version wrote, once, and never what was written since', async () => {
  await database();
  await writeFile(join(userData, 'journal'), 'stays');
  expect(await removePlainDatabase(userData)).toBe(true);
  expect((await readdir(userData)).includes('IndexedDB')).toBe(false);
  expect(await readdir(userData)).toContain('journal');
  await database();
  expect(await removePlainDatabase(userData)).toBe(false);
  expect(await readdir(userData)).toContain('IndexedDB');
});

it('has nothing to do on a new device', async () => {
  expect(await removePlainDatabase(userData)).toBe(false);
  await database();
  expect(await removePlainDatabase(userData)).toBe(false);
  expect(await readdir(userData)).toContain('IndexedDB');
});
