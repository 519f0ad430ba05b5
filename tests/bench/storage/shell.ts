/**
 * Real Electrons for the bench, without any test driver attached. `saves` is the product's shell and preload with a page of
 * the bench in the place of the product's; `product` is the product as it is built, `empty` a window with one word in it.
 * Each says on its standard output what its page says on its console.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'vite';
import { electronPath } from '../../../build/electron-runtime.mjs';
import { SAID } from './plan.ts';

const root = resolve(import.meta.dirname, '../../..');
const built = join(root, 'out/bench');

export type App = 'saves' | 'product' | 'frames' | 'empty';

const folderOf = (app: App): string => join(built, app);

/** Passes on what pages say; in the product's own page, tells when the officer can begin, and runs `then` from that moment on. */
const listen = (isUsable: string | undefined, then = ''): string => `
const { app } = require('electron');
app.on('web-contents-created', (_, contents) => {
  contents.on('console-message', (...args) => {
    const message = typeof args[2] === 'string' ? args[2] : args[0].message;
    if (message.startsWith(${JSON.stringify(SAID)})) process.stdout.write(message + '\\n');
    else if (message.startsWith('Uncaught')) process.stdout.write(${JSON.stringify(SAID)} + JSON.stringify({ kind: 'failed', message }) + '\\n');
    else if (process.env.QMC_BENCH_LOUD) process.stderr.write('page: ' + message + '\\n');
  });
  ${
    isUsable === undefined
      ? ''
      : `contents.on('dom-ready', () => contents.executeJavaScript(${JSON.stringify(`
    (async () => {
      if (location.pathname.endsWith('paper.html')) return;
      while (!(${isUsable})) await new Promise((done) => setTimeout(done, 4));
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      console.log(${JSON.stringify(`${SAID}{"kind":"usable"}`)});
      ${then}
    })()`)}).catch(() => undefined));`
  }
});
`;

function writeApp(app: App, main: string): void {
  mkdirSync(folderOf(app), { recursive: true });
  writeFileSync(join(folderOf(app), 'package.json'), JSON.stringify({ name: `quay-mot-cua-bench-${app}`, version: '0.1.0', main: 'bench.cjs' }));
  writeFileSync(join(folderOf(app), 'bench.cjs'), main);
}

const IS_USABLE = `document.querySelector('nav button, nav a')`;

/** Four times a second: how many frames there were, the longest wait for one, and how many of those were longer than 50 ms. */
const COUNT_FRAMES = `
  let last = performance.now(), frames = 0, longestMs = 0, late = 0;
  const frame = () => {
    const now = performance.now();
    frames += 1;
    longestMs = Math.max(longestMs, now - last);
    if (now - last > 50) late += 1;
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  setInterval(() => {
    console.log('${SAID}' + JSON.stringify({ kind: 'frames', atMs: Date.now(), frames, longestMs, late }));
    frames = longestMs = late = 0;
  }, 250);`;

/** The product as it is built, counting its frames. */
export function buildFramesApp(): void {
  writeApp('frames', `${listen(IS_USABLE, COUNT_FRAMES)}require(${JSON.stringify(join(root, 'out/main/main.cjs'))});`);
}

export async function buildApps(): Promise<void> {
  writeApp('saves', `${listen(undefined)}require('./main/main.cjs');`);
  cpSync(join(root, 'out/main'), join(folderOf('saves'), 'main'), { recursive: true });
  cpSync(join(root, 'out/preload'), join(folderOf('saves'), 'preload'), { recursive: true });
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    define: { 'process.env.NODE_ENV': '"production"' },
    // One Dexie, the product's, also for RxDB: two versions refuse to share a page.
    resolve: { dedupe: ['dexie'] },
    build: {
      target: 'chrome114',
      outDir: join(folderOf('saves'), 'renderer'),
      emptyOutDir: false,
      minify: true,
      chunkSizeWarningLimit: 4000,
      rolldownOptions: { input: join(import.meta.dirname, 'page.ts'), output: { format: 'es', entryFileNames: 'page.js', codeSplitting: false } },
    },
  });
  writeFileSync(
    join(folderOf('saves'), 'renderer/index.html'),
    '<!doctype html><meta charset="utf-8"><title>bench</title><script type="module" src="/page.js"></script>',
  );

  writeApp('product', `${listen(IS_USABLE)}require(${JSON.stringify(join(root, 'out/main/main.cjs'))});`);
  writeApp(
    'empty',
    `${listen('document.body.textContent.includes("empty")')}
app.whenReady().then(() => {
  const { BrowserWindow } = require('electron');
  const window = new BrowserWindow({ width: 1366, height: 768, show: false, webPreferences: { sandbox: true } });
  window.once('ready-to-show', () => window.show());
  window.loadURL('data:text/html,<title>empty</title><p>empty');
});`,
  );
}

export type Running = {
  pid: number;
  /** Resolves with the exit code. */
  exited: Promise<number>;
  /** SIGKILL to all of its processes: nothing that is measured happens after the end. */
  end(): Promise<void>;
  complaints(): string;
};

type LaunchOptions = { userData: string; config?: string; plan?: object; wrapper?: string[]; onSaid(said: { kind: string } & Record<string, unknown>): void };

export function launch(app: App, { userData, config, plan, wrapper = [], onSaid }: LaunchOptions): Running {
  if (plan !== undefined) writeFileSync(join(folderOf('saves'), 'renderer/plan.json'), JSON.stringify(plan));
  const [command = '', ...args] = [
    ...wrapper,
    electronPath(),
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    `--user-data-dir=${userData}`,
    folderOf(app),
  ];
  const env = { ...process.env, QMC_USER_DATA: userData, ...(config === undefined ? {} : { QMC_CONFIG: config }) };
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let complaints = '';
  if (process.env.QMC_BENCH_LOUD !== undefined) child.stderr.pipe(process.stderr);
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (complaints = (complaints + chunk).slice(-20_000)));
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith(SAID)) onSaid(JSON.parse(line.slice(SAID.length)) as { kind: string });
    else complaints = `${complaints}${line}\n`.slice(-20_000);
  });
  const exited = new Promise<number>((done) => child.once('exit', (code) => done(code ?? -1)));
  child.once('error', (error) => (complaints += error.message));
  return {
    pid: child.pid ?? 0,
    exited,
    complaints: () => complaints,
    async end() {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
      await exited;
    },
  };
}
