/** The world of a counter in a test: one province for all tests of a worker, and to itself a line, a printer and a data folder. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { startVirtualPrinter, type VirtualPaper, type VirtualPrinter } from '../../electron/printing/virtual/virtual-printer.ts';
import { startTcpProxy, type TcpProxy } from '../fakes/tcp-proxy.ts';
import { startProvince, type RunningProvince } from '../fixtures/province.ts';
import { OFFICE, officeSettings } from '../fixtures/settings.ts';
import type { Counter, LaunchOptions } from './app.ts';
import { officerAt, type Officer } from './officer.ts';
import { expect, test as base } from './test.ts';

type OpenOptions = {
  role?: 'officer' | 'postal' | 'lobby' | 'board';
  paperWidthMm?: 58 | 80;
  /** Of another PC; the office's own otherwise. */
  userData?: string;
  code?: string;
  retention?: object;
  sync?: object;
  queue?: object;
  scanners?: object[];
} & Pick<LaunchOptions, 'env' | 'switches'>;

/** What the province's database holds of one dossier, found by its code. */
export type Arrived = {
  dossiers: number;
  /** Accepted entries of the journal that carry the code: two would be one dossier taken twice. */
  entries: number;
  scans: number;
  verified: number;
};

export type Office = {
  /** For `open`: a code by which a new device takes the place of the one that is there. */
  newCode(options?: { replaces?: string }): Promise<string>;
  province: RunningProvince;
  line: TcpProxy;
  printer(): VirtualPrinter;
  printerOff(): Promise<void>;
  printerOn(): Promise<void>;
  /** Files of the printer's papers, oldest first; a ticket is short, a receipt is long. */
  tickets(): string[];
  receipts(): string[];
  userData: string;
  /** Each time on the same data folder, as the same device. */
  open(options?: OpenOptions): Promise<{ counter: Counter; officer: Officer }>;
  arrived(code: string): Promise<Arrived>;
};

const repoRoot = resolve(import.meta.dirname, '../..');
const RECEIPT_DOTS = 900;

async function newEnrolmentCode(province: RunningProvince, { replaces }: { replaces?: string } = {}): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(repoRoot, 'out/server/main.cjs'),
    'enrolment-code',
    ...['--office', OFFICE.id, '--agency', OFFICE.agencyCode, '--data', province.dataDir],
    ...(replaces === undefined ? [] : ['--replaces', replaces]),
  ]);
  return stdout.trim();
}

/** A fixture of a worker. */
export async function runProvince({}, use: (province: RunningProvince) => Promise<void>): Promise<void> {
  const province = await startProvince({ officeId: OFFICE.id, agencyCode: OFFICE.agencyCode });
  await use(province);
  await province.stop();
}

export const test = base.extend<{ office: Office }, { province: RunningProvince }>({
  province: [runProvince, { scope: 'worker', timeout: 90_000 }],
  office: async ({ province, launchCounter }, use) => {
    const work = await mkdtemp(join(tmpdir(), 'qmc-office-'));
    const paperFolder = join(work, 'paper');
    const userData = await mkdtemp(join(work, 'counter-'));
    const { hostname, port } = new URL(province.url);
    const line = await startTcpProxy({ host: hostname, port: Number(port) });
    const enrolmentCode = await newEnrolmentCode(province);
    const startPrinter = (at: number, widthDots: number) => startVirtualPrinter({ port: at, dir: paperFolder, widthDots });
    let printer = await startPrinter(0, 576);
    let isOn = true;

    const files = (isWanted: (paper: VirtualPaper) => boolean): string[] =>
      printer
        .papers()
        .filter(isWanted)
        .map(({ file }) => join(paperFolder, file));
    const printerOff = async (): Promise<void> => {
      if (isOn) await printer.stop();
      isOn = false;
    };

    await use({
      province,
      newCode: (options) => newEnrolmentCode(province, options),
      line,
      printer: () => printer,
      printerOff,
      async printerOn() {
        printer = await startPrinter(printer.port, 576);
        isOn = true;
      },
      tickets: () => files(({ heightDots }) => heightDots < RECEIPT_DOTS),
      receipts: () => files(({ heightDots }) => heightDots >= RECEIPT_DOTS),
      userData,
      async open({
        role = 'officer',
        paperWidthMm = 80,
        userData: folder = userData,
        code = enrolmentCode,
        retention,
        sync,
        queue,
        scanners,
        env,
        switches,
      } = {}) {
        if (paperWidthMm === 58 && printer.papers().length === 0) {
          await printerOff();
          printer = await startPrinter(0, 384);
          isOn = true;
        }
        const settings = {
          ...officeSettings({ provinceUrl: line.url, enrolmentCode: code, printerPort: printer.port, paperWidthMm, role }),
          ...{ retention, sync, queue, scanners },
        };
        const counter = await launchCounter({ settings, userData: folder, env, switches });
        const officer = officerAt(counter.page);
        if (role === 'officer' || role === 'postal') await officer.isReady();
        return { counter, officer };
      },
      async arrived(code) {
        const [counts] = await province.query<Record<keyof Arrived, string>>(
          `select (select count(*) from dossiers where code = $1) dossiers,
                  (select count(*) from journal where case when status = 'applied' then operation::jsonb #>> '{dossier,code}' = $1 end) entries,
                  (select count(*) from dossier_scans s join dossiers d using (dossier_id) where d.code = $1) scans,
                  (select count(*) from dossier_scans s join dossiers d using (dossier_id) join scan_offices v using (sha256, office_id) where d.code = $1) verified`,
          [code],
        );
        if (counts === undefined) throw new Error('a count without a row');
        return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, Number(count)])) as Arrived;
      },
    });
    await printerOff();
    await line.stop();
    await rm(work, { recursive: true, force: true, maxRetries: 5 });
  },
});
export { expect };
