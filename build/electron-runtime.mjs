/** Says which Electron runs the app from this checkout: the official package, or the stand-in of closed networks. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheRoot, inRepo } from './paths.mjs';

/** @typedef {'official' | 'stand-in'} RuntimeName */
/** @typedef {{ name: RuntimeName, version: string, path: string }} Runtime */

export const standInVersion = '25.1.1';
export const standInFolder = join(cacheRoot, `electron-${standInVersion}`);

/** `QMC_ELECTRON` forces one of the two. @returns {RuntimeName | undefined} */
export const forcedRuntime = () => {
  const forced = process.env.QMC_ELECTRON;
  if (!forced) return undefined;
  if (forced === 'official' || forced === 'stand-in') return forced;
  throw new Error(`QMC_ELECTRON must be "official" or "stand-in", not "${forced}"`);
};

/** @returns {Runtime | undefined} */
const official = () => {
  const folder = inRepo('node_modules', 'electron');
  const read = (/** @type {string} */ name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8').trim() : '');
  const version = JSON.parse(read('package.json') || '{}').version;
  const executable = read('path.txt');
  if (!executable || read('dist/version').replace(/^v/, '') !== version) return undefined;
  return { name: 'official', version, path: join(folder, 'dist', executable) };
};

/** @returns {Runtime | undefined} */
const standIn = () => {
  const path = join(standInFolder, 'electron');
  return existsSync(path) ? { name: 'stand-in', version: standInVersion, path } : undefined;
};

/** @returns {Runtime | undefined} what is installed, the official one first */
export const installedRuntime = () => {
  const forced = forcedRuntime();
  return (forced === 'stand-in' ? undefined : official()) ?? (forced === 'official' ? undefined : standIn());
};

/** @returns {Runtime} */
const runtime = () => {
  const found = installedRuntime();
  if (!found) throw new Error('no Electron runtime is installed: run "npm start" or "npm test", which install it');
  return found;
};

/** @returns {string} path of the Electron executable */
export const electronPath = () => runtime().path;

/** @returns {string} for people, e.g. "Electron 45.4.1 (official)" */
export const runtimeName = () => `Electron ${runtime().version} (${runtime().name})`;

/** Folder that electron-builder packs, with the version in it. @returns {{ name: RuntimeName, version: string, folder: string }} */
export const electronDist = () => {
  const { name, version, path } = runtime();
  return { name, version, folder: dirname(path) };
};
