/** Owns the files of the supervisors' page: read once, a fixed list, so that no name from outside is ever a path. */
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

export type PageFile = { bytes: Buffer; type: string };
export type PageFiles = { page: PageFile | undefined; assets: ReadonlyMap<string, PageFile> };

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
};

const load = async (path: string): Promise<PageFile> => ({ bytes: await readFile(path), type: types[extname(path)] ?? 'application/octet-stream' });

/** `dir`: what supervisor.vite.config.ts built. A province without it answers 404 where the page would be. */
export async function readPageFiles(dir: string): Promise<PageFiles> {
  const names = await readdir(join(dir, 'assets')).catch(() => []);
  const assets = new Map(await Promise.all(names.map(async (name): Promise<[string, PageFile]> => [name, await load(join(dir, 'assets', name))])));
  return { page: await load(join(dir, 'index.html')).catch(() => undefined), assets };
}
