/** Finds the virtual printer's paper for the viewer page, under `app://paper/`. */
import { join } from 'node:path';
import type { ProtocolResponse } from 'electron';

/** `path` as in the URL: `/paper-000001.png`; undefined for any other name. */
export function virtualPaperFile(dir: string, path: string): ProtocolResponse | undefined {
  const name = /^\/(paper-\d{6}\.png)$/u.exec(path)?.[1];
  if (name === undefined) return undefined;
  return { path: join(dir, name), headers: { 'content-type': 'image/png', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } };
}
