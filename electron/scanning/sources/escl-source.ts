/** Network scanners that speak eSCL: found by mDNS, named in the settings or typed as an address. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fail, ok, type Result } from '../../../shared/lib/result.ts';
import { MAX_SCAN_BYTES } from '../../../shared/scanning/scan.ts';
import type { ScannerFailure, ScannerFailureKind } from '../../../shared/scanning/scanner.ts';
import { parseCapabilities, parseStatus, scanSettings, type EsclCapabilities, type EsclStatus } from './escl-documents.ts';
import { askScanner, EsclCut } from './escl-http.ts';
import type { ArrivedPage, ScanSource } from './source.ts';

export type NetworkScanner = { name: string; url: string };

/** `list` never rejects; `url` is the root of eSCL, e.g. `http://192.0.2.20:80/eSCL`. */
type Options = { list: () => Promise<NetworkScanner[]>; busyMs?: number; pauseMs?: number };

const CONTROL_SILENCE_MS = 10_000;
const MAX_DOCUMENT_BYTES = 1_000_000;
/** A sheet at 600 dpi passes slowly and says nothing meanwhile. */
const PAGE_SILENCE_MS = 90_000;
/** How long a scanner may go on saying that it is not ready for the next page. */
const BUSY_MS = 60_000;
const PAUSE_MS = 1_000;

const adfFailures: Readonly<Record<string, ScannerFailureKind>> = {
  ScannerAdfEmpty: 'scanner-empty',
  ScannerAdfJam: 'scanner-jam',
  ScannerAdfMispick: 'scanner-jam',
  ScannerAdfMultipickDetected: 'scanner-jam',
  ScannerAdfHatchOpen: 'scanner-cover-open',
  ScannerAdfInputTrayFailed: 'scanner-failed',
};

/** An address as an officer types it: a host, perhaps with a port, or the whole URL. Undefined when it is none. */
export function esclUrlOf(typed: string): string | undefined {
  const text = typed.trim();
  try {
    const url = new URL(/^https?:\/\//iu.test(text) ? text : `http://${text}`);
    if (url.hostname === '' || url.username !== '' || /\s/u.test(text)) return undefined;
    return `${url.origin}${/^\/?$/u.test(url.pathname) ? '/eSCL' : url.pathname.replace(/\/+$/u, '')}`;
  } catch {
    return undefined;
  }
}

export function createEsclSource({ list, busyMs = BUSY_MS, pauseMs = PAUSE_MS }: Options): ScanSource {
  const at = (url: string, path: string): URL => new URL(`${url}/${path}`);
  const document = (url: string, path: string) => askScanner(at(url, path), { silenceMs: CONTROL_SILENCE_MS, maxBytes: MAX_DOCUMENT_BYTES });

  async function capabilities(url: string): Promise<Result<EsclCapabilities, ScannerFailure>> {
    try {
      const answer = await document(url, 'ScannerCapabilities');
      if (answer.status === 503) return fail('scanner-busy');
      if (answer.status === 401 || answer.status === 403) return fail('scanner-denied');
      const parsed = answer.status === 200 ? parseCapabilities(answer.bytes.toString('utf8')) : undefined;
      return parsed === undefined ? fail('scanner-failed') : ok(parsed);
    } catch {
      return fail('scanner-gone');
    }
  }

  async function status(url: string): Promise<EsclStatus | undefined> {
    try {
      return parseStatus((await document(url, 'ScannerStatus')).bytes.toString('utf8'));
    } catch {
      return undefined;
    }
  }
  /** What the feeder says is wrong, in place of a bare code of HTTP. */
  async function reasonOf(url: string, otherwise: ScannerFailureKind): Promise<{ ok: false; failure: ScannerFailure }> {
    const { state, adf = '' } = (await status(url)) ?? {};
    const known = adfFailures[adf];
    return fail(
      known !== undefined && known !== 'scanner-empty' ? known : state === 'Processing' && otherwise === 'scanner-failed' ? 'scanner-busy' : otherwise,
    );
  }

  async function begin(
    url: string,
    able: EsclCapabilities,
    job: Parameters<typeof scanSettings>[1],
    signal: AbortSignal,
  ): Promise<Result<URL, ScannerFailure>> {
    const body = scanSettings(able, job);
    for (let waitedMs = 0; ;) {
      const answer = await askScanner(at(url, 'ScanJobs'), { method: 'POST', body, silenceMs: CONTROL_SILENCE_MS, maxBytes: MAX_DOCUMENT_BYTES, signal });
      switch (answer.status) {
        case 201: {
          if (answer.location === undefined) return fail('scanner-failed');
          // Of the place it names only the path: a scanner behind another address names its own, and may name no one else's.
          return ok(new URL(new URL(answer.location, `${url}/`).pathname, url));
        }
        case 503:
          if (waitedMs >= busyMs) return fail('scanner-busy');
          waitedMs += await rest(answer.retryAfterMs, signal);
          continue;
        case 401:
        case 403:
          return fail('scanner-denied');
        case 409:
          return job.input === 'flatbed' ? reasonOf(url, 'scanner-refused') : reasonOf(url, 'scanner-empty');
        default:
          return reasonOf(url, answer.status >= 500 ? 'scanner-failed' : 'scanner-refused');
      }
    }
  }

  async function rest(retryAfterMs: number | undefined, signal: AbortSignal): Promise<number> {
    const waitMs = Math.min(retryAfterMs ?? pauseMs, 10 * pauseMs);
    await sleep(waitMs, undefined, { signal });
    return Math.max(waitMs, 1);
  }

  async function* pages(url: string, jobUrl: URL, isStack: boolean, signal: AbortSignal): AsyncGenerator<Result<ArrivedPage, ScannerFailure>, void, void> {
    const next = new URL(`${jobUrl.href.replace(/\/+$/u, '')}/NextDocument`);
    let count = 0;
    let waitedMs = 0;
    for (;;) {
      const answer = await askScanner(next, { silenceMs: PAGE_SILENCE_MS, maxBytes: MAX_SCAN_BYTES, signal });
      switch (answer.status) {
        case 200:
          count += 1;
          waitedMs = 0;
          yield ok({ bytes: new Uint8Array(answer.bytes) });
          if (!isStack) return;
          continue;
        case 503:
          if (waitedMs >= busyMs) return yield await reasonOf(url, 'scanner-busy');
          waitedMs += await rest(answer.retryAfterMs, signal);
          continue;
        case 404:
        case 410: {
          // "No more" is also what a jammed feeder says.
          const { adf = '' } = (await status(url)) ?? {};
          const reason = adfFailures[adf];
          if (reason !== undefined && reason !== 'scanner-empty') yield fail(reason);
          else if (count === 0) yield fail(isStack ? 'scanner-empty' : 'scanner-failed');
          return;
        }
        default:
          return yield await reasonOf(url, 'scanner-failed');
      }
    }
  }

  return {
    kind: 'escl',
    async devices() {
      const found = await list();
      return found.map(({ name, url }) => ({ id: url, name, kind: 'escl' as const }));
    },
    async capabilities(url) {
      const able = await capabilities(url);
      return able.ok ? ok({ inputs: able.value.inputs, modes: able.value.modes, resolutions: able.value.resolutions }) : able;
    },
    async *scan(url, job, signal) {
      const able = await capabilities(url);
      if (!able.ok) return yield able;
      let jobUrl: URL | undefined;
      try {
        if (job.input !== 'flatbed' && (await status(url))?.adf === 'ScannerAdfEmpty') return yield fail('scanner-empty');
        const begun = await begin(url, able.value, job, signal);
        if (!begun.ok) return yield begun;
        jobUrl = begun.value;
        yield* pages(url, jobUrl, job.input !== 'flatbed' && !job.isPreview, signal);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof EsclCut)) throw error;
        yield fail(jobUrl === undefined && !error.hadBegun ? 'scanner-gone' : 'scanner-cut');
      } finally {
        // A job nobody ends keeps the scanner busy for everybody.
        if (jobUrl !== undefined)
          await askScanner(jobUrl, { method: 'DELETE', silenceMs: CONTROL_SILENCE_MS, maxBytes: MAX_DOCUMENT_BYTES }).catch(() => undefined);
      }
    },
  };
}
