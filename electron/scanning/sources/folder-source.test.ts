import { appendFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFolderSource } from './folder-source.ts';
import type { ArrivedPage } from './source.ts';

let folder: string;
let now: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qmc-watched-'));
  now = 1_000_000;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const job = { input: 'feeder', mode: 'grey', resolutionDpi: 300, isPreview: false } as const;
const put = (name: string, text: string) => writeFile(join(folder, name), text);

function watch(afterwards: 'move' | 'delete' = 'move') {
  const stopping = new AbortController();
  const source = createFolderSource({
    folders: [{ id: 'copier', name: 'Máy photo', path: folder, afterwards }],
    // Every look at the clock is a moment later than the last.
    clock: () => (now += 400),
    lookEveryMs: 2,
    settledMs: 3_000,
  });
  return { stopping, pages: source.scan('copier', job, stopping.signal)[Symbol.asyncIterator]() };
}
async function next(pages: AsyncIterator<{ ok: boolean }>): Promise<ArrivedPage> {
  const { value } = await pages.next();
  if (value?.ok !== true) throw new Error('no page');
  return value.value as ArrivedPage;
}

describe('a watched folder', () => {
  it('gives whole files, oldest first, and moves one when it is safe here', async () => {
    await put('scan0002.pdf', 'second');
    const { pages, stopping } = watch();
    const first = await next(pages);
    expect([first.name, Buffer.from(first.bytes).toString()]).toEqual(['scan0002.pdf', 'second']);
    expect(await readdir(folder)).toEqual(['scan0002.pdf']);
    await first.taken?.();
    expect(await readdir(folder)).toEqual(['da-nhan']);

    // The copier counts from the beginning again.
    await put('scan0002.pdf', 'another');
    const second = await next(pages);
    await second.taken?.();
    expect(await readdir(join(folder, 'da-nhan'))).toHaveLength(2);
    stopping.abort();
    expect((await pages.next()).done).toBe(true);
  });

  it('waits for a file that still grows', async () => {
    await put('long.jpg', 'a');
    const { pages, stopping } = watch('delete');
    const growing = setInterval(() => void appendFile(join(folder, 'long.jpg'), 'b'), 1);
    setTimeout(() => clearInterval(growing), 60);
    const page = await next(pages);
    expect(page.bytes.byteLength).toBeGreaterThan(5);
    clearInterval(growing);
    await page.taken?.();
    expect(await readdir(folder)).toEqual([]);
    stopping.abort();
    await pages.return?.();
  });

  it('leaves what is not meant for it, and what was refused', async () => {
    for (const name of ['.hidden.pdf', '~lock.pdf', 'Thumbs.db', 'half.pdf.part', 'empty.png']) await put(name, name === 'empty.png' ? '' : 'x');
    await put('refused.png', 'no picture');
    const { pages, stopping } = watch();
    expect((await next(pages)).name).toBe('refused.png');
    setTimeout(() => stopping.abort(), 40);
    expect((await pages.next()).done).toBe(true);
    expect(await readdir(folder)).toHaveLength(6);
  });

  it('that is not there is a scanner that is gone', async () => {
    const { pages } = watch();
    await rm(folder, { recursive: true });
    expect((await pages.next()).value).toEqual({ ok: false, failure: { kind: 'scanner-gone' } });
  });
});
