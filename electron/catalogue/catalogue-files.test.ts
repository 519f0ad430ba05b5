import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundledCatalogue } from '../../shared/catalogue/bundled.ts';
import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import { openCatalogueFiles } from './catalogue-files.ts';

const shipped = bundledCatalogue();
const catalogueOf = (version: string): Catalogue => ({ ...shipped, version, procedures: shipped.procedures.slice(0, 1) });
const calendarOf = (version: string) => ({ ...shipped.calendar, version });

let folder: string;
let errors: string[];
const open = () => openCatalogueFiles(folder, { info: () => undefined, warn: () => undefined, error: (words) => errors.push(words) });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qmc-catalogue-'));
  errors = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the catalogues of a device', () => {
  it('begins with what is shipped, and goes on with what was installed last', async () => {
    const first = await open();
    expect(first.inForce()).toEqual({ version: shipped.version, origin: 'bundled', sinceMs: null });
    await first.install(catalogueOf('tinh-1'), 'province', 1_000);
    await first.install(catalogueOf('tinh-2'), 'imported', 2_000);
    const again = await open();
    expect(again.inForce()).toEqual({ version: 'tinh-2', origin: 'imported', sinceMs: 2_000 });
    expect(again.current()).toEqual(catalogueOf('tinh-2'));
    expect(await again.version('tinh-1')).toEqual(catalogueOf('tinh-1'));
    expect(await again.version(shipped.version)).toEqual(shipped);
    expect(await again.version('never')).toBeUndefined();
    expect(errors).toEqual([]);
  });

  it('puts the calendar over every catalogue, also over those of intakes in progress and later ones', async () => {
    const files = await open();
    await files.install(catalogueOf('tinh-1'), 'province', 1);
    await files.installCalendar(calendarOf('lich-2'));
    await files.install(catalogueOf('tinh-2'), 'province', 2);
    for (const opened of [files, await open()]) {
      expect(opened.current().calendar.version).toBe('lich-2');
      expect((await opened.version('tinh-1'))?.calendar.version).toBe('lich-2');
      expect((await opened.version(shipped.version))?.calendar.version).toBe('lich-2');
    }
  });

  it('takes a calendar without any catalogue, and leaves the shipped one to the app', async () => {
    await (await open()).installCalendar(calendarOf('lich-2'));
    const again = await open();
    expect(again.inForce().origin).toBe('bundled');
    expect(again.current()).toEqual({ ...shipped, calendar: calendarOf('lich-2') });
  });

  it('opens a folder of the version before, which noted neither origin nor time', async () => {
    const files = await open();
    await files.install(catalogueOf('tinh-1'), 'imported', 1);
    const file = (await readdir(folder)).find((name) => name !== 'current.json');
    await writeFile(join(folder, 'current.json'), JSON.stringify({ version: 'tinh-1', file }));
    expect((await open()).inForce()).toEqual({ version: 'tinh-1', origin: 'imported', sinceMs: null });
  });

  it('says that something is damaged, and works with what is shipped', async () => {
    const files = await open();
    await files.install(catalogueOf('tinh-1'), 'province', 1);
    const file = (await readdir(folder)).find((name) => name !== 'current.json') ?? '';
    await writeFile(join(folder, file), '{"version": "tinh-1", ');
    const again = await open();
    expect(again.isDamaged()).toBe(true);
    expect(again.current()).toEqual(shipped);
    expect(errors).toHaveLength(1);
    expect(await again.version('tinh-1')).toBeUndefined();
  });

  it('loses nothing when several change it at once', async () => {
    const files = await open();
    await Promise.all([
      files.installCalendar(calendarOf('lich-1')),
      files.install(catalogueOf('tinh-1'), 'province', 1),
      files.keepOnly(new Set()),
      files.install(catalogueOf('tinh-2'), 'imported', 2),
      files.installCalendar(calendarOf('lich-2')),
      files.keepOnly(new Set()),
    ]);
    expect((await open()).current()).toMatchObject({ version: 'tinh-2', calendar: { version: 'lich-2' } });
    expect(errors).toEqual([]);
    expect(await readdir(folder)).toHaveLength(3);
  });

  it('keeps the versions that are in force or begun with', async () => {
    const files = await open();
    await files.installCalendar(calendarOf('lich-1'));
    for (const version of ['tinh-1', 'tinh-2', 'tinh-3']) await files.install(catalogueOf(version), 'province', 1);
    await files.installCalendar(calendarOf('lich-2'));
    await files.keepOnly(new Set(['tinh-1', 'of-another-device']));
    expect(await files.version('tinh-1')).toBeDefined();
    expect(await files.version('tinh-2')).toBeUndefined();
    const again = await open();
    expect(again.current()).toMatchObject({ version: 'tinh-3', calendar: { version: 'lich-2' } });
    expect(await readdir(folder)).toHaveLength(4);
  });
});
