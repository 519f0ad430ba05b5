/** Where things lie on disk for every build script: the repository, its output and the per-user cache. */
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repoRoot = resolve(dirname(fileURLToPath(import.meta.url)), '..');
export const cacheRoot = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'quay-mot-cua');

/** @param {string[]} parts */
export const inRepo = (...parts) => join(repoRoot, ...parts);
/** @param {string} name a command that an installed package brings */
export const nodeBin = (name) => inRepo('node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);
