/** The operating system's print queues: `lp` and `lpstat` of CUPS, the spooler of Windows. Nothing goes through a shell. */
import { spawn } from 'node:child_process';
import { writeFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { SheetSize } from '../../shared/printing/medium.ts';

/** The id the queue gave the job. `refused`: it holds nothing of it; `unsure`: it did not answer in time and may hold it. */
export type Handed = { job: string } | 'refused' | 'unsure';

export type SystemQueue = {
  state(): Promise<'ready' | 'offline' | 'unreachable'>;
  sendRaw(bytes: Uint8Array): Promise<Handed>;
  sendPdf(pdf: Uint8Array, size: SheetSize): Promise<Handed>;
  isWaiting(job: string): Promise<boolean>;
  takeBack(job: string): Promise<void>;
};

/** Names of the queues this computer knows; empty where there is no printing system. */
export const systemQueues = (): Promise<string[]> => (process.platform === 'win32' ? windowsQueues() : cupsQueues());

export const systemQueue = (name: string, answerLimitMs = RUN_LIMIT_MS): SystemQueue =>
  process.platform === 'win32' ? windowsQueue(name) : cupsQueue(name, answerLimitMs);

/** `code` is null when the program had to be ended; -1 when it could not be started. */
type Ran = { code: number | null; output: string };
const RUN_LIMIT_MS = 20_000;

/** English words whatever the user's language, because they are read. */
function run(command: string, args: readonly string[], input?: Uint8Array, limitMs = RUN_LIMIT_MS): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env: { ...process.env, LC_ALL: 'C' }, stdio: ['pipe', 'pipe', 'ignore'], timeout: limitMs, windowsHide: true });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    child.on('error', () => resolve({ code: -1, output }));
    child.on('close', (code) => resolve({ code, output }));
    // A program that ends without reading its input says so by its exit code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

async function cupsQueues(): Promise<string[]> {
  const { output } = await run('lpstat', ['-e']);
  return output.split('\n').filter((name) => name !== '');
}

function cupsQueue(name: string, answerLimitMs: number): SystemQueue {
  const send = async (bytes: Uint8Array, options: readonly string[]): Promise<Handed> => {
    const { code, output } = await run('lp', ['-d', name, ...options.flatMap((option) => ['-o', option]), '-'], bytes, answerLimitMs);
    if (code === null) return 'unsure';
    return code === 0 ? { job: /request id is (\S+)/u.exec(output)?.[1] ?? name } : 'refused';
  };
  return {
    async state() {
      const { code, output } = await run('lpstat', ['-p', name]);
      if (code !== 0) return 'unreachable';
      return /\b(?:disabled|not accepting|stopped)\b/u.test(output) ? 'offline' : 'ready';
    },
    sendRaw: (bytes) => send(bytes, ['raw']),
    sendPdf: (pdf, size) => send(pdf, [`media=${size}`, 'fit-to-page']),
    async isWaiting(job) {
      const { output } = await run('lpstat', ['-o', name]);
      return output.split('\n').some((line) => line.split(/\s/u)[0] === job);
    },
    async takeBack(job) {
      await run('cancel', [job]);
    },
  };
}

const powershell = (script: string, env: string[]): Promise<Ran> =>
  run('powershell.exe', [
    '-NoProfile',
    '-NonInteractive',
    '-Command',
    `$a = '${env.map((value) => Buffer.from(value).toString('base64')).join(',')}'.Split(',') | % { [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($_)) }; ${script}`,
  ]);

async function windowsQueues(): Promise<string[]> {
  const { output } = await powershell('Get-Printer | ForEach-Object { $_.Name }', []);
  return output.split(/\r?\n/u).filter((name) => name !== '');
}

/** RAW through the spooler's own functions: the only way past a driver that would draw pictures of our bytes. */
const SEND_RAW = `
Add-Type -TypeDefinition @'
using System; using System.Runtime.InteropServices;
public static class Spool {
  [StructLayout(LayoutKind.Sequential, CharSet = CharSet.Unicode)] public class Doc { public string Name; public string Output; public string Type; }
  [DllImport("winspool.drv", CharSet = CharSet.Unicode, SetLastError = true)] static extern bool OpenPrinter(string name, out IntPtr printer, IntPtr defaults);
  [DllImport("winspool.drv", CharSet = CharSet.Unicode, SetLastError = true)] static extern int StartDocPrinter(IntPtr printer, int level, [In] Doc doc);
  [DllImport("winspool.drv", SetLastError = true)] static extern bool WritePrinter(IntPtr printer, byte[] bytes, int count, out int written);
  [DllImport("winspool.drv", SetLastError = true)] static extern bool EndDocPrinter(IntPtr printer);
  [DllImport("winspool.drv", SetLastError = true)] static extern bool ClosePrinter(IntPtr printer);
  public static int Send(string name, byte[] bytes) {
    IntPtr printer;
    if (!OpenPrinter(name, out printer, IntPtr.Zero)) return 0;
    try {
      int job = StartDocPrinter(printer, 1, new Doc { Name = "Quay Mot Cua", Type = "RAW" });
      if (job == 0) return 0;
      int written;
      bool whole = WritePrinter(printer, bytes, bytes.Length, out written) && written == bytes.Length;
      EndDocPrinter(printer);
      return whole ? job : -1;
    } finally { ClosePrinter(printer); }
  }
}
'@
[Spool]::Send($a[0], [IO.File]::ReadAllBytes($a[1]))`;

/** Written to Microsoft's documentation of the spooler (OpenPrinter, StartDocPrinter, Get-PrintJob); not run on the machines this was built on. */
function windowsQueue(name: string): SystemQueue {
  const withFile = async (bytes: Uint8Array, extension: string, work: (path: string) => Promise<Handed>): Promise<Handed> => {
    const path = join(tmpdir(), `qmc-${randomUUID()}.${extension}`);
    await writeFile(path, bytes, { mode: 0o600 });
    try {
      return await work(path);
    } finally {
      await rm(path, { force: true });
    }
  };
  return {
    async state() {
      const { output } = await powershell('(Get-Printer -Name $a[0] -ErrorAction SilentlyContinue).PrinterStatus', [name]);
      const status = output.trim();
      return status === '' ? 'unreachable' : /^(?:Normal|Printing|Busy|Processing|WarmingUp|Initializing|PowerSave|0)$/u.test(status) ? 'ready' : 'offline';
    },
    sendRaw: (bytes) =>
      withFile(bytes, 'prn', async (path) => {
        const { code, output } = await powershell(SEND_RAW, [name, path]);
        const job = output.trim();
        if (/^[1-9]\d*$/u.test(job)) return { job };
        return code === null || job === '-1' ? 'unsure' : 'refused';
      }),
    /** By the program that opens PDF on this computer, which must know the verb PrintTo. */
    sendPdf: (pdf) =>
      withFile(pdf, 'pdf', async (path) => {
        const { code } = await powershell(
          `Start-Process -FilePath $a[1] -Verb PrintTo -ArgumentList ('"' + $a[0] + '"') -Wait -WindowStyle Hidden -ErrorAction Stop`,
          [name, path],
        );
        return code === 0 ? { job: name } : code === null ? 'unsure' : 'refused';
      }),
    async isWaiting(job) {
      const { output } = await powershell('(Get-PrintJob -PrinterName $a[0] -ID ([int]$a[1]) -ErrorAction SilentlyContinue).Id', [name, job]);
      return output.trim() !== '';
    },
    async takeBack(job) {
      await powershell('Remove-PrintJob -PrinterName $a[0] -ID ([int]$a[1]) -ErrorAction SilentlyContinue', [name, job]);
    },
  };
}
