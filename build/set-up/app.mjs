/** Builds the app and the provincial server into out/ when their sources changed since the last build. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRepo, nodeBin } from '../paths.mjs';
import { mustRun, say, secondsSince } from '../run.mjs';

const stampFile = inRepo('out', '.built-from');
const sources = [
  'electron',
  'renderer',
  'shared',
  'server',
  'build/icons',
  'electron.vite.config.ts',
  'server.vite.config.ts',
  'supervisor.vite.config.ts',
  'board.vite.config.ts',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
];

/** @param {string} path below the repository @returns {string[]} */
const filesBelow = (path) => {
  const found = statSync(inRepo(path), { throwIfNoEntry: false });
  if (!found) return [];
  if (found.isFile()) return [path];
  return readdirSync(inRepo(path), { recursive: true, encoding: 'utf8' })
    .map((name) => join(path, name))
    .filter((name) => !/\.test\.tsx?$/.test(name) && statSync(inRepo(name)).isFile());
};

/** By content, not by time: a checkout touches every file, a reverted edit none. @param {string[]} paths */
export const contentHash = (paths) => {
  const hash = createHash('sha256');
  for (const file of paths.flatMap(filesBelow).sort()) {
    const content = readFileSync(inRepo(file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
};

export const appHash = () => contentHash(sources);

export const prepareApp = async () => {
  const hash = appHash();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hash) return;
  const started = performance.now();
  say('building the app …');
  rmSync(stampFile, { force: true });
  const env = { ...process.env, NODE_ENV: 'production' };
  await Promise.all([
    mustRun('building the app', nodeBin('electron-vite'), ['build'], { env }),
    mustRun('building the provincial server', nodeBin('vite'), ['build', '--config', 'server.vite.config.ts'], { env }),
    mustRun('building the page of the supervisors', nodeBin('vite'), ['build', '--config', 'supervisor.vite.config.ts'], { env }),
    mustRun('building the board for televisions', nodeBin('vite'), ['build', '--config', 'board.vite.config.ts'], { env }),
  ]);
  mkdirSync(inRepo('out'), { recursive: true });
  writeFileSync(stampFile, hash);
  say(`built in ${secondsSince(started)}`);
};
