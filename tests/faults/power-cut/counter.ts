/**
 * The part of a counter that must survive, as a program that can be killed: journal and scan files, no screen.
 * `work FOLDER KEY SEED` takes in dossiers with scans, issues tickets and drops old segments until it is killed, saying each
 * acknowledged thing as one JSON line; `fill` does the same until the disk is full and then what a full counter must still
 * do; `check FOLDER KEY DIGESTS` opens what is left and says what is there.
 */
import { createHash, createPrivateKey, randomUUID } from 'node:crypto';
import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from '../../../electron/files.ts';
import { openJournal, type Journal } from '../../../electron/journal/journal.ts';
import { openScanFiles, type ScanFiles } from '../../../electron/scanning/scan-files.ts';
import type { Result } from '../../../shared/lib/result.ts';
import { appendCall, appendDossier, appendTicket, aVault, aMorning, seeded } from '../../fixtures/journals.ts';
import { pngPage } from '../../fixtures/scans.ts';

const [mode, folder = '', keyFile = '', argument = ''] = process.argv.slice(2);
const LANES = 4;
/** Entries that stay when old segments are dropped. */
const KEEP = 150;

const say = (line: object): void => void writeSync(1, `${JSON.stringify(line)}\n`);

type Opened = { journal: Journal; scans: ScanFiles };

async function open(): Promise<Opened> {
  const deviceKey = createPrivateKey(readFileSync(keyFile));
  const limits = { segmentBytes: 60_000, checkpointEntries: 15, headEveryMs: 40, reserveBytes: 1024 * 1024 };
  const journal = await openJournal({ folder: join(folder, 'journal'), vault: aVault, deviceKey, clock: () => aMorning, limits });
  return { journal, scans: await openScanFiles(join(folder, 'scans'), aVault) };
}

/** True when it was acknowledged; false when the disk has no room for it. Anything else ends the program. */
async function takeIn({ journal, scans }: Opened, next: (below: number) => number): Promise<boolean> {
  const orFull = <T>(result: Result<T>): T | undefined => {
    if (result.ok) return result.value;
    if (mode === 'fill' && result.failure.kind === 'disk-full') return undefined;
    throw new Error(result.failure.kind);
  };
  if (next(3) === 0) {
    const ticket = orFull(await appendTicket(journal));
    if (ticket !== undefined) say({ acknowledged: ticket.seq, hash: ticket.hash });
    return ticket !== undefined;
  }
  const digests: string[] = [];
  for (let left = next(3); left > 0; left--) {
    const scan = orFull(await scans.put(new Uint8Array(pngPage(next(2 ** 30), { width: 100 + next(100), height: 160 }))));
    if (scan === undefined) return false;
    digests.push(scan.sha256);
    say({ scan: scan.sha256 });
  }
  const dossierId = randomUUID();
  const dossier = orFull(await appendDossier(journal, dossierId, digests));
  if (dossier !== undefined) say({ acknowledged: dossier.seq, dossierId });
  return dossier !== undefined;
}

async function work(seed: number): Promise<void> {
  const opened = await open();
  const { journal } = opened;
  say({ ready: journal.head().seq });
  const next = seeded(seed);
  const lane = async (): Promise<never> => {
    for (;;) {
      await takeIn(opened, next);
      if (next(40) > 0) continue;
      const through = journal.head().seq - KEEP;
      say({ droppedThrough: through });
      await journal.dropThrough(through);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** Old segments are not dropped here, so that the disk really fills. */
async function fill(seed: number): Promise<void> {
  const opened = await open();
  const { journal } = opened;
  await journal.dropThrough(0); // waits until the reserve is there
  const next = seeded(seed);
  let refused = 0;
  const lane = async (): Promise<void> => {
    while (refused < 20) if (!(await takeIn(opened, next))) refused += 1;
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  // A full disk refuses new dossiers; what is here is read and finished all the same.
  const call = await appendCall(journal);
  if (call.ok) say({ acknowledged: call.value.seq, hash: call.value.hash });
  await journal.withReserve(() => writeDurably(join(folder, 'province.json'), Buffer.alloc(2000, 1)));
  say({ full: { refused, isCalled: call.ok, isReadable: (await journal.read(0, 1_000_000)).length === journal.head().seq } });
  await journal.close();
}

async function check(digestsFile: string): Promise<void> {
  const { journal, scans } = await open();
  const problemsAtStart = [...journal.problems];
  const { problems } = await journal.verify();
  const entries = await journal.read(0, 1_000_000);
  const lostScans: string[] = [];
  for (const digest of JSON.parse(readFileSync(digestsFile, 'utf8')) as string[]) {
    const scan = await scans.read(digest);
    if (!scan.ok || createHash('sha256').update(scan.value.bytes).digest('hex') !== digest) lostScans.push(digest);
  }
  say({
    problems: [...problemsAtStart, ...problems],
    firstSeq: journal.firstSeq(),
    entriesReadAtStart: journal.entriesReadAtStart,
    lostScans,
    usedByDate: journal.state().usedByDate,
    entries: entries.map(({ seq, hash, operation }) => ({
      seq,
      hash,
      ...(operation.type === 'dossier.accepted' && { dossierId: operation.dossier.dossierId, number: `${operation.number.leaseId} ${operation.number.order}` }),
      ...(operation.type === 'ticket.issued' && { number: operation.ticket.number }),
    })),
  });
  await journal.close();
}

if (mode === 'check') await check(argument);
else if (mode === 'fill') await fill(Number(argument));
else await work(Number(argument));
