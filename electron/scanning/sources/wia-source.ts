/** Scanners on Windows, through WIA 2.0 asked by PowerShell. Written by Microsoft's documents and never run: there was no Windows to run it on. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { fail, ok } from '../../../shared/lib/result.ts';
import { parseOrUndefined } from '../../../shared/lib/json.ts';
import type { ScannerFailureKind } from '../../../shared/scanning/scanner.ts';
import { createPageQueue } from './page-queue.ts';
import { runProgram } from './run-program.ts';
import type { ScanSource } from './source.ts';

const LIST_TIMEOUT_MS = 30_000;

/** Parameters come as environment variables, so that no name of a device is ever part of a script. */
const LIST_SCRIPT = `
$ErrorActionPreference = 'Stop'
[Console]::OutputEncoding = [Text.Encoding]::UTF8
$manager = New-Object -ComObject WIA.DeviceManager
foreach ($info in $manager.DeviceInfos) {
  if ($info.Type -eq 1) { @{ id = $info.DeviceID; name = $info.Properties.Item('Name').Value } | ConvertTo-Json -Compress }
}`;

/** WIA_DPS_DOCUMENT_HANDLING_CAPABILITIES (3086): 1 feeder, 2 flatbed, 4 duplex. */
const ABLE_SCRIPT = `
$ErrorActionPreference = 'Stop'
$manager = New-Object -ComObject WIA.DeviceManager
$device = ($manager.DeviceInfos | Where-Object { $_.DeviceID -eq $env:QMC_WIA_DEVICE }).Connect()
$handling = 2
try { $handling = $device.Properties.Item('3086').Value } catch { }
@{ handling = $handling } | ConvertTo-Json -Compress`;

/** Properties: 3088 where the paper is, 3096 pages, 6146 colour, 6147 and 6148 dpi; the format is PNG. An error is told by its HRESULT. */
const SCAN_SCRIPT = `
$ErrorActionPreference = 'Stop'
[Console]::OutputEncoding = [Text.Encoding]::UTF8
try {
  $manager = New-Object -ComObject WIA.DeviceManager
  $device = ($manager.DeviceInfos | Where-Object { $_.DeviceID -eq $env:QMC_WIA_DEVICE }).Connect()
  try { $device.Properties.Item('3088').Value = [int]$env:QMC_WIA_HANDLING } catch { }
  try { $device.Properties.Item('3096').Value = 1 } catch { }
  $item = $device.Items.Item(1)
  $item.Properties.Item('6146').Value = [int]$env:QMC_WIA_INTENT
  $item.Properties.Item('6147').Value = [int]$env:QMC_WIA_DPI
  $item.Properties.Item('6148').Value = [int]$env:QMC_WIA_DPI
  $number = 0
  do {
    $picture = $item.Transfer('{B96B3CAF-0728-11D3-9D7B-0000F81EF32E}')
    $number += 1
    $path = Join-Path $env:QMC_WIA_FOLDER "page-$number.png"
    $picture.SaveFile($path)
    @{ page = $path } | ConvertTo-Json -Compress
    [Console]::Out.Flush()
  } while ($env:QMC_WIA_STACK -eq '1')
} catch {
  $inner = $_.Exception
  while ($inner.InnerException) { $inner = $inner.InnerException }
  @{ error = $inner.HResult } | ConvertTo-Json -Compress
}`;

/** WIA_ERROR_* of wiadef.h, as signed 32-bit numbers. */
const failures: Readonly<Record<number, ScannerFailureKind>> = {
  [0x80210002 | 0]: 'scanner-jam',
  [0x80210003 | 0]: 'scanner-empty',
  [0x80210004 | 0]: 'scanner-jam',
  [0x80210005 | 0]: 'scanner-gone',
  [0x80210006 | 0]: 'scanner-busy',
  [0x8021000a | 0]: 'scanner-cut',
  [0x8021000c | 0]: 'scanner-refused',
  [0x8021000d | 0]: 'scanner-busy',
  [0x80210016 | 0]: 'scanner-cover-open',
  [0x80070005 | 0]: 'scanner-denied',
};
const PAPER_EMPTY = 0x80210003 | 0;
const handlings = { flatbed: 2, feeder: 1, duplex: 5 } as const;
const intents = { colour: 1, grey: 2, bilevel: 2 } as const;

const deviceLine = z.object({ id: z.string(), name: z.string() });
const ableLine = z.object({ handling: z.number() });
const scanLine = z.union([z.object({ page: z.string() }), z.object({ error: z.number() })]);

const askPowerShell = (script: string, env: NodeJS.ProcessEnv, options: Omit<NonNullable<Parameters<typeof runProgram>[2]>, 'env'> = {}) =>
  runProgram('powershell.exe', ['-NoProfile', '-NonInteractive', '-STA', '-EncodedCommand', Buffer.from(script, 'utf16le').toString('base64')], {
    env,
    ...options,
  });

export function createWiaSource(): ScanSource {
  return {
    kind: 'wia',
    async devices() {
      try {
        const { stdout } = await askPowerShell(LIST_SCRIPT, {}, { timeoutMs: LIST_TIMEOUT_MS });
        return stdout.split(/\r?\n/u).flatMap((line) => {
          const parsed = deviceLine.safeParse(parseOrUndefined(line));
          return parsed.success ? [{ ...parsed.data, kind: 'wia' as const }] : [];
        });
      } catch {
        return [];
      }
    },
    async capabilities(deviceId) {
      try {
        const { stdout } = await askPowerShell(ABLE_SCRIPT, { QMC_WIA_DEVICE: deviceId }, { timeoutMs: LIST_TIMEOUT_MS });
        const able = ableLine.safeParse(parseOrUndefined(stdout.trim()));
        if (!able.success) return fail('scanner-gone');
        const { handling } = able.data;
        const inputs = (['flatbed', 'feeder', 'duplex'] as const).filter((input) => (handling & handlings[input]) === handlings[input]);
        return ok({ inputs: inputs.length > 0 ? inputs : ['flatbed'], modes: ['colour', 'grey', 'bilevel'], resolutions: [100, 150, 200, 300, 600] });
      } catch {
        return fail('scanner-no-driver');
      }
    },
    async *scan(deviceId, job, signal) {
      const folder = await mkdtemp(join(tmpdir(), 'qmc-scan-'));
      const lines = createPageQueue<string>();
      const isStack = job.input !== 'flatbed' && !job.isPreview;
      const running = askPowerShell(
        SCAN_SCRIPT,
        {
          QMC_WIA_DEVICE: deviceId,
          QMC_WIA_HANDLING: String(handlings[job.input]),
          QMC_WIA_INTENT: String(intents[job.mode]),
          QMC_WIA_DPI: String(job.resolutionDpi),
          QMC_WIA_FOLDER: folder,
          QMC_WIA_STACK: isStack ? '1' : '0',
        },
        { signal, onLine: lines.push },
      );
      running.then(
        () => lines.end(),
        (error: Error) => lines.end(error),
      );
      let count = 0;
      try {
        for await (const line of lines.items()) {
          const said = scanLine.safeParse(parseOrUndefined(line));
          if (!said.success) continue;
          if ('error' in said.data) {
            if (!(said.data.error === PAPER_EMPTY && count > 0)) yield fail(failures[said.data.error] ?? 'scanner-failed');
            return;
          }
          count += 1;
          const bytes = await readFile(said.data.page);
          await rm(said.data.page, { force: true });
          yield ok({ bytes: new Uint8Array(bytes) });
        }
        if (count === 0 && !signal.aborted) yield fail('scanner-failed');
      } catch {
        yield fail('scanner-no-driver');
      } finally {
        await running.catch(() => undefined);
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}
