/** Runs other programs for the build scripts: quietly with the output kept for a failure, or in the foreground. */
import { spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { repoRoot } from './paths.mjs';

/** @typedef {{ code: number, output: string }} Finished */
/** @typedef {{ cwd?: string, env?: NodeJS.ProcessEnv }} Where */

/**
 * Runs a program to its end and collects what it printed.
 * @param {string} command
 * @param {string[]} args
 * @param {Where} [where]
 * @returns {Promise<Finished>} `code` is 127 when the program does not exist
 */
export const runQuietly = (command, args, where = {}) =>
  new Promise((finished) => {
    const child = spawn(command, args, { cwd: repoRoot, ...where, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk) => (output += chunk));
    child.on('error', (error) => finished({ code: 127, output: error.message }));
    child.on('close', (code) => finished({ code: code ?? 1, output }));
  });

/**
 * Like {@link runQuietly}, but a failure throws with the program's own words.
 * @param {string} what named in the message, e.g. "npm ci"
 * @param {string} command
 * @param {string[]} args
 * @param {Where} [where]
 * @returns {Promise<string>}
 */
export const mustRun = async (what, command, args, where) => {
  const { code, output } = await runQuietly(command, args, where);
  if (code !== 0) throw new Error(`${what} failed (exit ${code}):\n${stripVTControlCharacters(output).trim().slice(-6000)}`);
  return output;
};

/**
 * Runs a program in the foreground, passing stop signals on to it.
 * @param {string} command
 * @param {string[]} args
 * @param {Where} [where]
 * @returns {Promise<number>} its exit code, 1 when a signal ended it
 */
export const runInForeground = (command, args, where = {}) =>
  new Promise((finished, failed) => {
    const child = spawn(command, args, { cwd: repoRoot, ...where, stdio: 'inherit' });
    const forward = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, forward);
    child.on('error', failed);
    child.on('close', (code) => {
      for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, forward);
      finished(code ?? 1);
    });
  });

/** npm itself, whichever way this process was started. @type {[command: string, args: string[]]} */
export const npm = process.env.npm_execpath ? [process.execPath, [process.env.npm_execpath]] : ['npm', []];

/** One progress line of the set-up. @param {string} line */
export const say = (line) => console.log(`prepare: ${line}`);

/** @param {number} sinceMs a `performance.now()` */
export const secondsSince = (sinceMs) => `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`;
