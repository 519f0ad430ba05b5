/** Flatbed and sheet-fed scanners on Linux, through SANE's own program `scanimage`. */
import { constants } from 'node:fs';
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fail, ok, type Result } from '../../../shared/lib/result.ts';
import { MAX_SCAN_BYTES } from '../../../shared/scanning/scan.ts';
import type { ScannerDevice, ScannerFailure, ScannerFailureKind } from '../../../shared/scanning/scanner.ts';
import { createPageQueue } from './page-queue.ts';
import { runProgram, type Ended } from './run-program.ts';
import { argumentsOf, capabilitiesOf, parseSaneOptions, type SaneOptions } from './sane-options.ts';
import type { ArrivedPage, ScanSource } from './source.ts';

/** Some drivers look for devices on the network. */
const LIST_TIMEOUT_MS = 20_000;
const OPTIONS_TIMEOUT_MS = 20_000;
/** A memory file system: what a citizen handed in never reaches the disk unsealed. */
const MEMORY_FOLDER = '/dev/shm';
/** A cable that is pulled leaves the driver waiting: SANE knows no time limit. */
const STALLED_MS = 120_000;

type Options = { command?: string; env?: NodeJS.ProcessEnv };
type Arrival = Result<ArrivedPage, ScannerFailure>;

/** `scanimage` ends with the SANE_Status (SANE standard § 4.2.7) that ended it. */
const failures: Readonly<Record<number, ScannerFailureKind>> = {
  1: 'scanner-refused',
  3: 'scanner-busy',
  4: 'scanner-refused',
  6: 'scanner-jam',
  7: 'scanner-empty',
  8: 'scanner-cover-open',
  9: 'scanner-cut',
  11: 'scanner-denied',
};

const STATUS_GOOD = 0;
const STATUS_EOF = 5;
const STATUS_NO_DOCS = 7;
const LAST_WORDS = /^Batch terminated/mu;
const ENDS_A_STACK = [STATUS_GOOD, STATUS_NO_DOCS];

/** Of a stack, its exit code alone does not always say how it ended; what it prints of the last sheet does. */
function statusOf({ code, stderr }: Pick<Ended, 'code' | 'stderr'>): number {
  // Closing the device, some drivers hang (SANE's own test device too, now and then): by then everything has been said.
  const isThrough = code === STATUS_GOOD || (code === null && LAST_WORDS.test(stderr));
  if (!isThrough) return code ?? -1;
  const last = Number(Array.from(stderr.matchAll(/\(scanner status = (\d+)\)/gu)).at(-1)?.[1] ?? STATUS_EOF);
  return last === STATUS_EOF ? STATUS_GOOD : last;
}

function failureOfEnd({ code, stderr }: Pick<Ended, 'code' | 'stderr'>): ScannerFailure {
  if (/open of device .* failed/u.test(stderr))
    return { kind: /busy/iu.test(stderr) ? 'scanner-busy' : /denied/iu.test(stderr) ? 'scanner-denied' : 'scanner-gone' };
  const status = statusOf({ code, stderr });
  // A stack that is through ends well, and so does one that was never there.
  return { kind: status === STATUS_GOOD ? 'scanner-empty' : (failures[status] ?? 'scanner-failed') };
}

/** One scanner a line: name of the device, vendor, model; a vendor's name may hold anything but a tab. */
export function parseDevices(list: string): ScannerDevice[] {
  return list.split('\n').flatMap((line): ScannerDevice[] => {
    const [id, vendor = '', model = ''] = line.split('\t');
    if (id === undefined || id === '' || /^v4l:/u.test(id)) return [];
    return [{ id, name: [vendor, model].filter((word) => word !== '' && word !== 'Noname').join(' ') || id, kind: 'sane' }];
  });
}

export function createSaneSource({ command = 'scanimage', env }: Options = {}): ScanSource {
  const known = new Map<string, SaneOptions>();
  const run = (args: readonly string[], options: Parameters<typeof runProgram>[2]) => runProgram(command, args, { env, ...options });

  async function optionsOf(deviceId: string): Promise<Result<SaneOptions, ScannerFailure>> {
    const before = known.get(deviceId);
    if (before !== undefined) return ok(before);
    try {
      const ended = await run([`--device-name=${deviceId}`, '-A'], { timeoutMs: OPTIONS_TIMEOUT_MS });
      if (ended.code !== 0) return { ok: false, failure: failureOfEnd(ended) };
      const options = parseSaneOptions(ended.stdout);
      known.set(deviceId, options);
      return ok(options);
    } catch {
      return fail('scanner-no-driver');
    }
  }

  return {
    kind: 'sane',
    async devices() {
      try {
        const { stdout } = await run(['-f', '%d\t%v\t%m%n'], { timeoutMs: LIST_TIMEOUT_MS });
        return parseDevices(stdout);
      } catch {
        return [];
      }
    },
    async capabilities(deviceId) {
      const options = await optionsOf(deviceId);
      return options.ok ? ok(capabilitiesOf(options.value)) : options;
    },
    async *scan(deviceId, job, signal) {
      const options = await optionsOf(deviceId);
      if (!options.ok) return yield options;
      const folder = await mkdtemp(join(await memoryFolder(), 'qmc-scan-'));
      const stalled = new AbortController();
      const stop = (): void => stalled.abort();
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
      let watchdog = setTimeout(stop, STALLED_MS);
      const pages = createPageQueue<string>();
      const isStack = job.input !== 'flatbed' && !job.isPreview;
      const running = run(
        [
          `--device-name=${deviceId}`,
          '--format=png',
          `--batch=${join(folder, 'page-%d.png')}`,
          '--batch-print',
          ...(isStack ? [] : ['--batch-count=1']),
          ...argumentsOf(options.value, job),
        ],
        {
          signal: stalled.signal,
          lastWords: LAST_WORDS,
          onLine(path) {
            clearTimeout(watchdog);
            watchdog = setTimeout(stop, STALLED_MS);
            pages.push(path);
          },
        },
      );
      running.then(
        () => pages.end(),
        (error: Error) => pages.end(error),
      );
      try {
        let count = 0;
        for await (const path of pages.items()) {
          // Stopped is stopped, also for sheets that came faster than they were taken in.
          if (signal.aborted) return;
          count += 1;
          yield await readPage(folder, path);
        }
        const ended = await running;
        if (signal.aborted) return;
        if (stalled.signal.aborted) yield fail('scanner-cut');
        else if (count === 0 || !ENDS_A_STACK.includes(statusOf(ended))) yield { ok: false, failure: failureOfEnd(ended) };
      } catch {
        known.delete(deviceId);
        yield fail('scanner-no-driver');
      } finally {
        // Also when nobody wants the rest: a scanner that goes on would fill the memory.
        stop();
        clearTimeout(watchdog);
        signal.removeEventListener('abort', stop);
        await running.catch(() => undefined);
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

async function readPage(folder: string, path: string): Promise<Arrival> {
  const own = join(folder, basename(path));
  const bytes = await readFile(own);
  await rm(own, { force: true });
  return bytes.byteLength > MAX_SCAN_BYTES ? fail('scanner-failed') : ok({ bytes: new Uint8Array(bytes) });
}

const memoryFolder = (): Promise<string> =>
  access(MEMORY_FOLDER, constants.W_OK).then(
    () => MEMORY_FOLDER,
    () => tmpdir(),
  );
