import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSealingThread, SEALING_READY } from './open-sealing-thread.ts';
import type { Digested } from './vault.ts';

const LARGE = 200_000;
const key = new Uint8Array(32);

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'qmc-thread-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

/** In the place of the built thread: says how much it got, and ends at `die`. */
async function thread(): Promise<string> {
  const file = join(folder, 'thread.cjs');
  const answer =
    "if (place === 'die') process.exit(1); parentPort.postMessage({ id, sha256: place, sealed: [Uint8Array.of(plain.byteLength % 251), plain] }, [plain.buffer]);";
  await writeFile(
    file,
    `const { parentPort } = require('node:worker_threads'); parentPort.on('message', ({ id, plain, place }) => { ${answer} });
parentPort.postMessage('${SEALING_READY}');`,
  );
  return file;
}

/** The first is turned away while the thread begins. */
async function begun(seal: ReturnType<typeof openSealingThread>, place = 'x'): Promise<{ plain: Uint8Array; digested: Promise<Digested> }> {
  let taken: { plain: Uint8Array; digested: Promise<Digested> } | undefined;
  await expect
    .poll(
      () => {
        const plain = new Uint8Array(LARGE);
        const digested = seal(key, plain, place);
        if (digested !== undefined) taken = { plain, digested };
        return taken;
      },
      { timeout: 10_000 },
    )
    .toBeDefined();
  return taken ?? expect.fail();
}

it('hands over what is large without a copy, and nothing small', async () => {
  const seal = openSealingThread(await thread());
  const { plain, digested } = await begun(seal);
  expect(plain.byteLength).toBe(0);
  const { sha256, sealed } = await digested;
  expect(sha256).toBe('x');
  expect(sealed.map(({ length }) => length)).toEqual([1, LARGE]);
  expect(sealed.every(Buffer.isBuffer)).toBe(true);
  const small = new Uint8Array(1000);
  expect(seal(key, small, 'x')).toBeUndefined();
  const part = new Uint8Array(2 * LARGE).subarray(LARGE);
  expect(seal(key, part, 'x')).toBeUndefined();
  expect([small.byteLength, part.byteLength]).toEqual([1000, LARGE]);
});

it('leaves everything to the caller where there is no thread, and tells whoever waits for one that ends', async () => {
  const none = openSealingThread(join(folder, 'none.cjs'));
  for (let at = 0; at < 20; at++) {
    expect(none(key, new Uint8Array(LARGE), 'x')).toBeUndefined();
    await new Promise((done) => setTimeout(done, 10));
  }
  const seal = openSealingThread(await thread());
  const { digested } = await begun(seal, 'die');
  await expect(digested).rejects.toThrow('ended');
  expect(seal(key, new Uint8Array(LARGE), 'x')).toBeUndefined();
});
