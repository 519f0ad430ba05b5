import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DAY_MS } from '../../shared/lib/time.ts';
import { MAX_ATTACHMENT_BYTES } from '../../shared/queue/office.ts';
import { createVault } from '../keys/vault.ts';
import { openAttachments, type Attachments } from './attachments.ts';

const vault = createVault(randomBytes(32));
const warned = vi.fn();
const log = { info: () => undefined, warn: warned, error: () => undefined };
const [one, other] = [randomUUID(), randomUUID()];
let folder: string;
let nowMs: number;
let attachments: Attachments;
const openHere = (): Promise<Attachments> => openAttachments({ folder, vault, clock: () => nowMs, log });
beforeEach(async () => {
  nowMs = Date.parse('2026-11-23T08:00:00+07:00');
  warned.mockClear();
  folder = await mkdtemp(join(tmpdir(), 'qmc-attachments-'));
  attachments = await openHere();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

describe('what is left with a ticket', () => {
  it('is there again after a restart, the last one given, and never in the clear', async () => {
    expect(await attachments.get(one)).toBeNull();
    await attachments.put(one, 'Nguyễn Thị Lan · khai sinh', false);
    expect(await attachments.put(one, 'Nguyễn Thị Lan · kết hôn', false)).toEqual({ ok: true, value: null });
    expect(await (await openHere()).get(one)).toBe('Nguyễn Thị Lan · kết hôn');
    for (const name of await readdir(folder)) expect((await readFile(join(folder, name))).includes('Lan')).toBe(false);
  });

  it('waits to be sent until the holder has it, also through a restart', async () => {
    await attachments.put(one, 'first', true);
    await attachments.put(other, 'kept here', false);
    attachments = await openHere();
    expect(await attachments.toSend()).toEqual([one]);
    await attachments.sent(one, 'first');
    expect(await attachments.toSend()).toEqual([]);
    expect(await attachments.get(one)).toBe('first');
    await attachments.sent(randomUUID(), 'of a ticket nobody knows');
  });

  it('is still to be sent when it was changed while the one before was under way', async () => {
    await attachments.put(one, 'first', true);
    const changing = attachments.put(one, 'second', true);
    await attachments.sent(one, 'first');
    await changing;
    expect(await attachments.toSend()).toEqual([one]);
    expect(await attachments.get(one)).toBe('second');
  });

  it('is gone when its day is over, and not sooner', async () => {
    await attachments.put(one, 'of yesterday', false);
    nowMs += DAY_MS;
    await attachments.put(other, 'of today', true);
    await attachments.dropOld();
    expect([await attachments.get(one), await attachments.get(other)]).toEqual([null, 'of today']);
    nowMs += DAY_MS;
    await openHere();
    expect(await readdir(folder)).toEqual([]);
  });

  it('survives that old ones are dropped while it is being written', async () => {
    const texts = Array.from({ length: 8 }, (_, nth) => ({ ticketId: randomUUID(), text: `text ${nth}` }));
    const put = texts.flatMap(({ ticketId, text }) => [attachments.put(ticketId, text, false), attachments.dropOld()]);
    await Promise.all(put);
    for (const { ticketId, text } of texts) expect(await attachments.get(ticketId)).toBe(text);
  });

  it('is nobody else’s when its file is moved, and none when it is damaged', async () => {
    await attachments.put(one, 'of the first', false);
    await rename(join(folder, `${one}.sealed`), join(folder, `${other}.sealed`));
    expect(await attachments.get(other)).toBeNull();
    await writeFile(join(folder, `${one}.sealed`), randomBytes(50));
    expect(await attachments.get(one)).toBeNull();
    expect(warned).toHaveBeenCalled();
    expect(JSON.stringify(warned.mock.calls)).not.toContain(one);
  });

  it('is refused when it is too large or the disk is full, and what was there stays', async () => {
    await attachments.put(one, 'small', false);
    expect(await attachments.put(one, 'đ'.repeat(4 * MAX_ATTACHMENT_BYTES), false)).toMatchObject({ failure: { kind: 'attachment-too-large' } });
    const probe = await open(folder, 'r');
    await probe.close();
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    vi.spyOn(Object.getPrototypeOf(probe) as typeof probe, 'datasync').mockRejectedValueOnce(full);
    expect(await attachments.put(one, 'larger', false)).toMatchObject({ failure: { kind: 'disk-full' } });
    expect(await attachments.get(one)).toBe('small');
    expect(await attachments.put(other, 'again', false)).toEqual({ ok: true, value: null });
  });
});
