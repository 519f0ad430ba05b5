/**
 * The part of a counter that must survive, as a program that can be killed: journal and scan files, no screen.
 * `work FOLDER KEY SEED` takes in dossiers with scans, issues tickets and drops old segments until it is killed, saying each
 * acknowledged thing as one JSON line; `check FOLDER KEY DIGESTS` opens what is left and says what is there.
 */
import { createHash, createPrivateKey, randomUUID } from 'node:crypto';
import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { openJournal, type Journal } from '../../../electron/journal/journal.ts';
import { openScanFiles, type ScanFiles } from '../../../electron/scanning/scan-files.ts';
import { appendDossier, appendTicket, aVault, aMorning, seeded } from '../../fixtures/journals.ts';
import { pngPage } from '../../fixtures/scans.ts';

const [mode, folder = '', keyFile = '', argument = ''] = process.argv.slice(2);
const LANES = 4;
/** Entries that stay when old segments are dropped. */
const KEEP = 150;

const say = (line: object): void => void writeSync(1, `${JSON.stringify(line)}\n`);

async function open(): Promise<{ journal: Journal; scans: ScanFiles }> {
  const deviceKey = createPrivateKey(readFileSync(keyFile));
  const limits = { segmentBytes: 60_000, checkpointEntries: 15, headEveryMs: 40, reserveBytes: 1024 * 1024 };
  const journal = await openJournal({ folder: join(folder, 'journal'), vault: aVault, deviceKey, clock: () => aMorning, limits });
  return { journal, scans: await openScanFiles(join(folder, 'scans'), aVault) };
}

async function work(seed: number): Promise<void> {
  const { journal, scans } = await open();
  say({ ready: journal.head().seq });
  const next = seeded(seed);
  const lane = async (): Promise<never> => {
    for (;;) {
      if (next(3) === 0) {
        const ticket = await appendTicket(journal);
        if (!ticket.ok) throw new Error(ticket.failure.kind);
        say({ acknowledged: ticket.value.seq, hash: ticket.value.hash });
        continue;
      }
      const digests: string[] = [];
      for (let left = next(3); left > 0; left--) {
        const scan = await scans.put(new Uint8Array(pngPage(next(2 ** 30), { width: 100 + next(100), height: 160 })));
        if (!scan.ok) throw new Error(scan.failure.kind);
        digests.push(scan.value.sha256);
        say({ scan: scan.value.sha256 });
      }
      const dossierId = randomUUID();
      const dossier = await appendDossier(journal, dossierId, digests);
      if (!dossier.ok) throw new Error(dossier.failure.kind);
      say({ acknowledged: dossier.value.seq, dossierId });
      if (next(40) === 0) {
        const through = journal.head().seq - KEEP;
        say({ droppedThrough: through });
        await journal.dropThrough(through);
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
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
else await work(Number(argument));
