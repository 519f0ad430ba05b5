/** The real app while it delivers: what its main process costs and how its window keeps up. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { createVault } from '../../../electron/keys/vault.ts';
import { openScanFiles } from '../../../electron/scanning/scan-files.ts';
import type { Dossier } from '../../../shared/dossiers/dossier.ts';
import { ok } from '../../../shared/lib/result.ts';
import { startProvince } from '../../fixtures/province.ts';
import { OFFICE, officeSettings } from '../../fixtures/settings.ts';
import { keysOf, openAt } from '../storage/journals.ts';
import { buildFramesApp, launch } from '../storage/shell.ts';
import { recordsOf, scansOf } from './work.ts';

const AT_ONCE = 500;
const SCANS_A_DOSSIER = 4;
const TIMEOUT_MS = 6 * 60_000;
const IDLE_MS = 5_000;

type Frames = { atMs: number; frames: number; longestMs: number; late: number };
export type Counted = { seconds: number; frames: number; longestMs: number; late: number };
export type AppMeasured = {
  idle: Counted;
  delivering: Counted;
  /** Of the main process: before, and the most while delivering. */
  pssBeforeMiB: number;
  pssPeakMiB: number;
  cpuMs: number;
};

/** A device that took this much in before it ever met its province. */
async function fill(userData: string, seed: number, records: number, scans: number): Promise<void> {
  const journal = await openAt(userData);
  const files = await openScanFiles(join(userData, 'scans'), createVault((await keysOf(userData)).dataKey));
  const pages: Dossier['papers'][number]['pages'] = [];
  for (const bytes of scansOf(seed, scans)) {
    const put = await files.put(bytes);
    if (!put.ok) throw new Error(put.failure.kind);
    pages.push({ ...put.value, pageId: `p${pages.length}`, rotation: 0, source: 'file', capturedAtMs: 1, capturedBy: 'can-bo-1' });
  }
  await files.settled();
  const dossiers = recordsOf(seed, records).map((dossier, nth): Dossier => {
    const own = pages.slice(nth * SCANS_A_DOSSIER, (nth + 1) * SCANS_A_DOSSIER);
    const papers = dossier.papers.map((paper, at) => (at === 0 ? { ...paper, pages: own } : paper));
    return { ...dossier, papers, officeId: OFFICE.id, agencyCode: OFFICE.agencyCode };
  });
  for (let from = 0; from < dossiers.length; from += AT_ONCE) {
    await Promise.all(
      dossiers
        .slice(from, from + AT_ONCE)
        .map((dossier, at) =>
          journal.transact('can-bo-1', () => ok({ type: 'dossier.accepted' as const, dossier, number: { leaseId: 'bench', order: from + at + 1 } })),
        ),
    );
  }
  await journal.close();
}

/** Proportional set size, MiB. */
const pssOf = (pid: number): number => Number(/^Pss:\s+(\d+)/mu.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024;

/** User and system time so far; the kernel counts in hundredths of a second. */
function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

const counted = (frames: readonly Frames[], fromMs: number, toMs: number): Counted => {
  const within = frames.filter(({ atMs }) => atMs > fromMs && atMs <= toMs);
  return {
    seconds: (toMs - fromMs) / 1000,
    frames: within.reduce((sum, one) => sum + one.frames, 0),
    longestMs: Math.max(0, ...within.map(({ longestMs }) => longestMs)),
    late: within.reduce((sum, { late }) => sum + late, 0),
  };
};

export async function measureApp(home: string, seed: number, records: number, scans: number, say: (line: string) => void): Promise<AppMeasured> {
  buildFramesApp();
  const userData = mkdtempSync(join(home, 'app-'));
  await fill(userData, seed, records, scans);
  const province = await startProvince({ officeId: OFFICE.id, agencyCode: OFFICE.agencyCode });
  await province.kill();
  const config = join(userData, 'settings.json');
  writeFileSync(config, JSON.stringify(officeSettings({ provinceUrl: province.url, enrolmentCode: province.code })));

  const frames: Frames[] = [];
  const running = launch('frames', {
    userData,
    config,
    onSaid: (said) => {
      if (said.kind === 'frames') frames.push(said as unknown as Frames);
    },
  });
  try {
    const deadline = Date.now() + TIMEOUT_MS;
    const until = async (what: string, isSo: () => boolean | Promise<boolean>, everyMs = 250): Promise<void> => {
      while (!(await isSo())) {
        if (Date.now() > deadline) throw new Error(`${what}: never; the app said:\n${running.complaints()}`);
        await rest(everyMs);
      }
    };
    // The first start makes the page's database from the journal; what is measured begins when that is over.
    let before = Number.NaN;
    await until('the app at rest', async () => {
      const now = cpuMsOf(running.pid);
      const isQuiet = frames.length > 0 && now - before < 60;
      before = now;
      if (!isQuiet) await rest(1_500);
      return isQuiet;
    });
    const idleFromMs = Date.now();
    await rest(IDLE_MS);
    const idle = counted(frames, idleFromMs, Date.now());
    const pssBeforeMiB = pssOf(running.pid);
    let pssPeakMiB = pssBeforeMiB;
    const watching = setInterval(() => {
      pssPeakMiB = Math.max(pssPeakMiB, pssOf(running.pid));
    }, 500);
    const cpuBefore = cpuMsOf(running.pid);
    await province.restart();
    say('the app delivers');
    const there = async () => {
      const [row] = await province.query<{ entries: number; scans: number; from: number | null; to: number | null }>(`
        select (select count(*)::int from dossiers) as entries, (select count(*)::int from scan_offices) as scans,
          (select (extract(epoch from min(received_at)) * 1000)::float8 from journal_entries) as from,
          (extract(epoch from greatest((select max(received_at) from journal_entries), (select max(verified_at) from scan_offices))) * 1000)::float8 as to`);
      return row;
    };
    await until('everything delivered', async () => ((row) => row?.entries === records && row.scans === scans)(await there()), 1_000);
    await rest(1_000);
    clearInterval(watching);
    const { from, to } = (await there()) ?? {};
    return { idle, delivering: counted(frames, from ?? 0, to ?? 0), pssBeforeMiB, pssPeakMiB, cpuMs: cpuMsOf(running.pid) - cpuBefore };
  } finally {
    await running.end();
    await province.stop();
  }
}
