/**
 * `npm run dist`: packs the built app for this machine's Linux into out/dist/ with what is here, without downloads.
 * `node build/dist.mjs --dir` stops at the unpacked program, and does nothing when that is up to date.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { electronDist } from './electron-runtime.mjs';
import { inRepo, nodeBin } from './paths.mjs';
import { mustRun, secondsSince } from './run.mjs';
import { appHash, contentHash } from './set-up/app.mjs';

const output = inRepo('out', 'dist');
const unpacked = join(output, 'linux-unpacked');
const stampFile = join(output, '.built-from');
const sevenZip = ['/usr/bin/7za', '/usr/bin/7zz', '/usr/bin/7z'].find((path) => existsSync(path));

const electron = electronDist();
const stamp = [electron.name, electron.version, appHash(), contentHash(['electron-builder.yml', 'build/dist.mjs'])].join(' ');
const isUpToDate = () => existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;

/** A plain Electron without a default app: ours is the only code that the packaged program may run. */
const copyElectron = () => {
  const copy = inRepo('out', 'electron-dist');
  rmSync(copy, { recursive: true, force: true });
  const unwanted = ['version', join('resources', 'app'), join('resources', 'default_app.asar')];
  cpSync(electron.folder, copy, {
    recursive: true,
    filter: (source) => {
      const path = relative(electron.folder, source);
      return !unwanted.some((name) => path === name || path.startsWith(name + sep));
    },
  });
  return copy;
};

/** @param {string[]} args */
const electronBuilder = (args) =>
  mustRun('electron-builder', nodeBin('electron-builder'), ['--linux', ...args, '--publish', 'never', `-c.electronVersion=${electron.version}`], {
    env: {
      ...process.env,
      CUSTOM_FPM_PATH: inRepo('build', 'fpm-dpkg-deb.mjs'),
      // Its default of 9 costs two minutes more and saves a hundredth.
      ELECTRON_BUILDER_COMPRESSION_LEVEL: '5',
      ...(sevenZip ? { ELECTRON_BUILDER_7ZIP_PATH: sevenZip } : {}),
    },
  });

const packFolder = async () => {
  if (isUpToDate()) return;
  const started = performance.now();
  rmSync(output, { recursive: true, force: true });
  const copy = copyElectron();
  try {
    await electronBuilder(['--dir', `-c.electronDist=${copy}`]);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
  mkdirSync(output, { recursive: true });
  writeFileSync(stampFile, stamp);
  console.log(`dist: ${relative(inRepo(), unpacked)} with Electron ${electron.version} (${electron.name}) in ${secondsSince(started)}`);
};

const packArchives = async () => {
  const started = performance.now();
  const targets = [...(existsSync('/usr/bin/dpkg-deb') ? ['deb'] : []), ...(sevenZip ? ['tar.gz'] : [])];
  if (targets.length === 0) throw new Error('neither dpkg-deb nor 7-Zip (p7zip-full) is installed; only the folder was packed');
  await electronBuilder([...targets, '--prepackaged', unpacked]);
  const made = readdirSync(output).filter((name) => targets.some((target) => name.endsWith(`.${target}`)));
  console.log(`dist: ${made.map((name) => join(relative(inRepo(), output), name)).join(', ')} in ${secondsSince(started)}`);
};

if (process.platform !== 'linux') throw new Error('this builds the Linux packages; elsewhere run "npx electron-builder" with electron-builder.yml');
await packFolder();
if (!process.argv.includes('--dir')) await packArchives();
