/** Look-ups in the page's sealed database, in the real Electron, over 10,000, 100,000 or (full run) 1,000,000 dossiers. */
import { spawn } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'vite';
import { onDisplay } from '../../build/display.mjs';
import { electronPath, runtimeName } from '../../build/electron-runtime.mjs';
import { figure, ms, type BenchOptions, type BenchResult } from './result.ts';
import type { SearchResult } from './search-page.ts';

export const name = 'search';

const repoRoot = join(import.meta.dirname, '../..');

/** A window of its own, on a scheme as the app's since a worker has to be loaded, and nothing else of the app: only the database is measured. */
const shell = `
const { app, BrowserWindow, protocol } = require('electron');
const { readFile } = require('node:fs/promises');
const { extname, join } = require('node:path');
const types = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };
protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
app.setPath('userData', process.argv.at(-1));
app.whenReady().then(() => {
  protocol.handle('app', async ({ url }) => {
    const path = join(__dirname, new URL(url).pathname);
    return new Response(await readFile(path), { headers: { 'content-type': types[extname(path)] ?? 'text/plain' } });
  });
  const window = new BrowserWindow({ show: false, webPreferences: { backgroundThrottling: false } });
  window.webContents.on('console-message', (_event, _level, message) => {
    process.stdout.write(message + '\\n');
    if (message.startsWith('result ') || message.startsWith('failed ')) app.quit();
  });
  window.loadURL('app://bench/search-page.html?rows=' + process.env.QMC_BENCH_ROWS + '&rounds=' + process.env.QMC_BENCH_ROUNDS);
});
`;

/** Milliseconds for the first page of any look-up, over a million dossiers. */
const P99_MS = 50;

export async function run({ isFull, isQuick, say }: BenchOptions): Promise<BenchResult> {
  const rows = isFull ? 1_000_000 : isQuick ? 10_000 : 100_000;
  mkdirSync(join(repoRoot, 'out', 'bench'), { recursive: true });
  const folder = mkdtempSync(join(repoRoot, 'out', 'bench', 'search-'));
  try {
    await buildPage(folder);
    const line = await inElectron(folder, { QMC_BENCH_ROWS: String(rows), QMC_BENCH_ROUNDS: isQuick ? '50' : '200' }, say);
    return report(JSON.parse(line) as SearchResult);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function buildPage(folder: string): Promise<void> {
  await build({
    root: import.meta.dirname,
    configFile: false,
    logLevel: 'error',
    worker: { format: 'es' },
    build: {
      outDir: folder,
      target: 'chrome114',
      minify: true,
      rollupOptions: { input: join(import.meta.dirname, 'search-page.html') },
    },
  });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'qmc-bench-search', version: '1.0.0', main: 'main.cjs' }));
  writeFileSync(join(folder, 'main.cjs'), shell);
}

/** Resolves with what the page measured; it says the rest on the way. */
function inElectron(folder: string, env: Record<string, string>, say: (line: string) => void): Promise<string> {
  const { command, args } = onDisplay(electronPath(), [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), folder, join(folder, 'data')]);
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'ignore'] });
  return new Promise((resolve, reject) => {
    let result: string | undefined;
    let failure = 'the page ended without a result';
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('result ')) result = line.slice('result '.length);
      else if (line.startsWith('failed ')) failure = line;
      else say(line);
    });
    child.once('error', reject);
    child.once('close', () => (result === undefined ? reject(new Error(failure)) : resolve(result)));
  });
}

function report(result: SearchResult): BenchResult {
  const { rows, rowsPerSecond, longestStallMs, lookUps } = result;
  const slowest = lookUps.reduce((worst, one) => (one.p99 > worst.p99 ? one : worst));
  return {
    tables: [
      {
        title: `First page of 50 out of ${rows.toLocaleString('en-US')} sealed dossiers, ${runtimeName()}`,
        head: ['look-up', 'p50', 'p99', 'hits'],
        rows: lookUps.map((one) => [one.name, ms(one.p50), ms(one.p99), String(one.hits)]),
      },
      { title: 'Filling it, sealed and indexed', head: ['rows/s', 'longest stall of the page'], rows: [[figure(rowsPerSecond), ms(longestStallMs)]] },
    ],
    goals: [{ goal: `every first page at p99 ≤ ${P99_MS} ms`, measured: `${ms(slowest.p99)} (${slowest.name})`, isMet: slowest.p99 <= P99_MS }],
    notes: [],
    raw: result,
  };
}
