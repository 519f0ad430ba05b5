/** Serves the virtual printer's paper to the viewer page, under `app://paper/`. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** `path` as in the URL: `/paper-000001.png`; any other name is answered 404. */
export async function virtualPaperResponse(dir: string, path: string): Promise<Response> {
  const name = /^\/(paper-\d{6}\.png)$/u.exec(path)?.[1];
  if (name === undefined) return missing();
  try {
    return new Response(await readFile(join(dir, name)), {
      headers: { 'content-type': 'image/png', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
    });
  } catch {
    return missing();
  }
}

export const missing = (): Response => new Response('not found', { status: 404, headers: { 'content-type': 'text/plain' } });
