import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { draftSchema, type Draft } from '../../shared/dossiers/draft.ts';
import { aVault } from '../../tests/fixtures/journals.ts';
import { openDraftFiles, type DraftFiles } from './draft-files.ts';

const draftId = '0192f3a0-8d2f-7c55-8e1f-6b5d4c3b2a77';
const page = (letter: string) => ({
  ...{ sha256: letter.repeat(64), bytes: 1, mediaType: 'image/png', pageId: letter, rotation: 0, source: 'file', capturedAtMs: 1, capturedBy: 'lan' },
});
const draftWith = (letters: string): Draft =>
  draftSchema.parse({
    ...{ draftId, updatedAtMs: 1, startedAtMs: 1, facts: [] },
    papers: [
      { requirementId: 'a', name: 'a', required: true, originals: 1, certifiedCopies: 0, photocopies: 0, state: 'received', pages: [...letters].map(page) },
    ],
  });

let folder: string;
let dropped: string[];
let isFull: boolean;
const open = (): Promise<DraftFiles> =>
  openDraftFiles({
    folder,
    vault: aVault,
    log: { info: () => undefined, warn: () => undefined, error: (message) => expect.fail(message) },
    room: () => Promise.resolve('to-begin'),
    onDropped: (scans) => {
      if (isFull) return Promise.reject(new Error('full'));
      dropped.push(scans.map((sha256) => sha256.slice(0, 1)).join(''));
      return Promise.resolve();
    },
  });
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qmc-drafts-'));
  dropped = [];
  isFull = false;
});
afterEach(() => rm(folder, { recursive: true }));

describe('scans of a draft', () => {
  it('are let go one by one and all at the end, also after a restart', async () => {
    const drafts = await open();
    await drafts.put(draftWith('abc'));
    await drafts.put(draftWith('ac'));
    await drafts.put(draftWith('ca'));
    expect(dropped).toEqual(['b']);
    const again = await open();
    await again.put(draftWith('a'));
    expect(dropped).toEqual(['b', 'c']);
    await (await open()).delete(draftId);
    expect(dropped).toEqual(['b', 'c', 'a']);
    await again.delete('0192f3a0-8d2f-7c55-8e1f-6b5d4c3b2a78');
    expect([dropped.length, await (await open()).list()]).toEqual([3, []]);
  });

  it('never keep a draft from being written or given up', async () => {
    const drafts = await open();
    await drafts.put(draftWith('ab'));
    isFull = true;
    expect((await drafts.put(draftWith('a'))).ok).toBe(true);
    await drafts.delete(draftId);
    expect(await drafts.list()).toEqual([]);
  });
});
