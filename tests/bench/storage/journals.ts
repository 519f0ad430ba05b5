/** Data folders of devices that have been in use: a journal of so many accepted dossiers under keys of its own. */
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { join } from 'node:path';
import { openJournal, type Journal } from '../../../electron/journal/journal.ts';
import { openDeviceKeys, type DeviceKeys } from '../../../electron/keys/device-keys.ts';
import { createVault } from '../../../electron/keys/vault.ts';
import type { Dossier, DossierId } from '../../../shared/dossiers/dossier.ts';
import { ok } from '../../../shared/lib/result.ts';
import { aDossier } from '../../fixtures/dossiers.ts';
import { DAY_MS, type Clock } from '../../../shared/lib/time.ts';

const AT_ONCE = 500;
/** No counter is older in its journal than the days it keeps confirmed dossiers. */
const DAYS = 365;
const names = ['Nguyễn', 'Trần', 'Lê', 'Phạm', 'Hoàng', 'Nông', 'Bế', 'Đàm', 'Lý', 'Triệu'];
const given = ['Thị Ánh Dương', 'Văn Khang', 'Hoàng Yến', 'Gia Hưng', 'Thị Hường', 'Minh Đức', 'Thu Hà', 'Quốc Bảo', 'Ngọc Lan', 'Đình Phúc'];

const noKeyStore = { isEncryptionAvailable: () => false, encryptString: () => Buffer.alloc(0), decryptString: () => '' };

export const keysOf = (userData: string): Promise<DeviceKeys> => openDeviceKeys(join(userData, 'keys'), noKeyStore, true, () => Promise.resolve(false));

export async function openAt(userData: string, clock: Clock = Date.now): Promise<Journal> {
  const keys = await keysOf(userData);
  return openJournal({ folder: join(userData, 'journal'), vault: createVault(keys.dataKey), deviceKey: keys.deviceKey, clock });
}

/** The `nth` of a device, spread over a year up to today. */
function dossierOf(nth: number, of: number, todayMs: number): Dossier {
  const acceptedAtMs = todayMs - Math.floor(((of - nth) / of) * DAYS * DAY_MS);
  const day = new Date(acceptedAtMs).toISOString().slice(2, 10).replaceAll('-', '');
  const fullName = `${names[nth % 10]} ${given[Math.floor(nth / 10) % 10]}`;
  const applicant = {
    kind: 'person' as const,
    fullName,
    idNumber: String(1_000_000 + nth).padStart(12, '0'),
    phone: `09${String(nth).padStart(8, '0')}`,
    residence: 'Tổ 5, xã An Bình',
  };
  return aDossier({
    dossierId: randomUUID() as DossierId,
    code: `H36.12-${day}-${String(nth).padStart(7, '0')}`,
    applicant,
    acceptedAtMs,
    dueAtMs: acceptedAtMs + 3 * DAY_MS,
  });
}

export type Filled = { dossiers: number; tookMs: number; bytesEach: number };

export async function fillDevice(userData: string, dossiers: number): Promise<Filled> {
  const started = performance.now();
  const todayMs = Date.now();
  let nowMs = todayMs;
  const journal = await openAt(userData, () => nowMs);
  for (let nth = 0; nth < dossiers; nth += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, dossiers - nth) }, (_, at) => dossierOf(nth + at, dossiers, todayMs));
    // Journalled when they were taken in: a start looks again at what is of the last hours.
    nowMs = batch[0]?.acceptedAtMs ?? todayMs;
    const answers = await Promise.all(
      batch.map((dossier, at) =>
        journal.transact('can-bo-1', () => ok({ type: 'dossier.accepted' as const, dossier, number: { leaseId: 'bench', order: nth + at + 1 } })),
      ),
    );
    if (answers.some((answer) => !answer.ok)) throw new Error('the journal refused an entry');
  }
  await journal.close();
  return { dossiers, tookMs: performance.now() - started, bytesEach: JSON.stringify(dossierOf(0, 1, todayMs)).length };
}

/** Milliseconds to an open journal, as a start of the shell has them. */
export async function timeOpening(userData: string): Promise<{ tookMs: number; entriesRead: number }> {
  const started = performance.now();
  const journal = await openAt(userData);
  const tookMs = performance.now() - started;
  const entriesRead = journal.entriesReadAtStart;
  await journal.close();
  return { tookMs, entriesRead };
}
