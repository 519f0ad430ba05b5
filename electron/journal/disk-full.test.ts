import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { appendCall, appendDossier, appendTicket, fill, testJournals, type TestJournals } from '../../tests/fixtures/journals.ts';
import { diskSpaceOf, MIN_FREE_TO_BEGIN_BYTES, MIN_FREE_TO_FINISH_BYTES, roomForIntake } from './disk-space.ts';
import { createReserve } from './reserve.ts';

const RESERVE = 256 * 1024;

let journals: TestJournals;
beforeEach(async () => (journals = await testJournals()));
afterEach(async () => {
  vi.restoreAllMocks();
  await journals.remove();
});

const full = (): Error => Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
const reserveBytes = (): Promise<number> =>
  stat(join(journals.folder, 'reserve.bin')).then(
    ({ size }) => size,
    () => 0,
  );

/** Every write to an open file fails for want of space while `isFull()`; a partial one leaves `partial` bytes behind. */
async function fillDisk(isFull: () => boolean | Promise<boolean>, partial = 0): Promise<void> {
  const probe = await open(join(journals.folder, 'journal.json'), 'r');
  const prototype = Object.getPrototypeOf(probe) as typeof probe;
  await probe.close();
  const write = prototype.write as (
    this: unknown,
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
  ) => Promise<{ bytesWritten: number; buffer: Buffer }>;
  vi.spyOn(prototype, 'write').mockImplementation(async function (this: unknown, ...args: unknown[]) {
    const [buffer, offset, length, position] = args as [Buffer, number, number, number];
    if (!(await isFull())) return write.call(this, buffer, offset, length, position);
    if (partial > 0) return write.call(this, buffer, offset, partial, position);
    throw full();
  } as never);
}

describe('disk space', () => {
  it('counts what this process may still write', async () => {
    expect(await diskSpaceOf(journals.folder)()).toBeGreaterThan(0);
  });

  it('begins no intake under 1 GiB, finishes none under 64 MiB, and refuses nothing when the file system does not say', async () => {
    expect(await roomForIntake(async () => MIN_FREE_TO_BEGIN_BYTES)).toBe('to-begin');
    expect(await roomForIntake(async () => MIN_FREE_TO_BEGIN_BYTES - 1)).toBe('to-finish');
    expect(await roomForIntake(async () => MIN_FREE_TO_FINISH_BYTES)).toBe('to-finish');
    expect(await roomForIntake(async () => MIN_FREE_TO_FINISH_BYTES - 1)).toBe('none');
    expect(await roomForIntake(() => Promise.reject(new Error('ENOSYS')))).toBe('to-begin');
  });
});

describe('reserve', () => {
  it('really takes its bytes from the disk, gives them up once, and is made again when there is room', async () => {
    let free = 4 * RESERVE;
    const reserve = createReserve(journals.folder, RESERVE, async () => free);
    await reserve.restore();
    const { size, blocks } = await stat(join(journals.folder, 'reserve.bin'));
    expect(size).toBe(RESERVE);
    expect(blocks * 512).toBeGreaterThanOrEqual(RESERVE);
    expect(await reserve.release()).toBe(true);
    expect(await reserve.release()).toBe(false);
    free = 4 * RESERVE - 1;
    await reserve.restore();
    expect(await reserveBytes()).toBe(0);
    free += 1;
    await reserve.restore();
    expect(await reserveBytes()).toBe(RESERVE);
  });
});

describe('journal on a full disk', () => {
  const limits = { reserveBytes: RESERVE };
  async function openFull(partial = 0) {
    const journal = await journals.open({ limits });
    await fill(journal, 3);
    await journal.dropThrough(0); // waits for the reserve
    expect(await reserveBytes()).toBe(RESERVE);
    // Full until the reserve is given up.
    await fillDisk(async () => (await reserveBytes()) > 0, partial);
    return journal;
  }

  it('says no to intake, never falsely yes, and keeps the reserve for what is not intake', async () => {
    const journal = await openFull();
    for (let i = 0; i < 3; i++) expect(await appendDossier(journal)).toEqual({ ok: false, failure: { kind: 'disk-full' } });
    expect(await appendTicket(journal)).toEqual({ ok: false, failure: { kind: 'disk-full' } });
    expect(await reserveBytes()).toBe(RESERVE);
    expect(journal.state().dossiersAccepted).toBe(0);
    expect((await journal.read(0, 10)).length).toBe(3);
    expect((await appendCall(journal)).ok).toBe(true);
    expect(await reserveBytes()).toBe(0);
    await journal.close();
    vi.restoreAllMocks();
    const again = await journals.open();
    expect(again.problems).toEqual([]);
    expect(again.head().seq).toBe(4);
  });

  it('cuts what a partial write left behind before anything else is written', async () => {
    const journal = await openFull(17);
    expect((await appendTicket(journal)).ok).toBe(false);
    expect((await appendCall(journal)).ok).toBe(true);
    await journal.close();
    vi.restoreAllMocks();
    const again = await journals.open();
    expect(again.problems).toEqual([]);
    expect((await again.verify()).problems).toEqual([]);
    expect(again.head().seq).toBe(4);
  });

  it('gives no number twice when some of those who ask at once are refused', async () => {
    let isFull = false;
    const journal = await journals.open({ limits: { reserveBytes: 0 } });
    await fill(journal, 1);
    await fillDisk(() => isFull);
    const acknowledged: string[] = [];
    for (let round = 0; round < 30; round++) {
      isFull = round % 3 === 1;
      const asked = Array.from({ length: 4 }, () => appendTicket(journal));
      for (const result of await Promise.all(asked)) {
        if (result.ok && result.value.operation.type === 'ticket.issued') acknowledged.push(result.value.operation.ticket.number);
      }
    }
    expect(new Set(acknowledged).size).toBe(acknowledged.length);
    expect(acknowledged.length).toBe(80);
    await journal.close();
    const again = await journals.open();
    expect(again.state().queue.tickets.length).toBe(81);
    expect(again.problems).toEqual([]);
  });

  it('lends the reserve to other writes that must not fail', async () => {
    const journal = await openFull();
    let tries = 0;
    const work = async (): Promise<string> => {
      tries += 1;
      if ((await reserveBytes()) > 0) throw full();
      return 'written';
    };
    expect(await journal.withReserve(work)).toBe('written');
    expect(tries).toBe(2);
    await expect(journal.withReserve(() => Promise.reject(full()))).rejects.toMatchObject({ code: 'ENOSPC' });
    await expect(journal.withReserve(() => Promise.reject(new Error('other')))).rejects.toThrow('other');
  });
});
