/** `npm run check`: everything that reads the code without starting the app, two checks at a time. */
import { nodeBin } from './paths.mjs';
import { runQuietly, secondsSince } from './run.mjs';

// The longest first, so that the short ones fill the second core.
const checks = [
  { name: 'lint', command: 'eslint', args: ['.', '--max-warnings=0', '--cache', '--cache-location', '.cache/eslint', '--cache-strategy', 'content'] },
  { name: 'unit tests', command: 'vitest', args: ['run', '--project', 'unit', '--reporter=dot'] },
  { name: 'types', command: 'tsc', args: ['--noEmit', '--incremental', '--tsBuildInfoFile', '.cache/types.tsbuildinfo'] },
  { name: 'unused code', command: 'knip', args: ['--no-progress'] },
  { name: 'format', command: 'prettier', args: ['--check', '.', '--log-level=warn', '--cache', '--cache-location', '.cache/prettier'] },
  { name: 'import boundaries', command: 'depcruise', args: ['shared', 'electron', 'renderer', 'server', 'tests', '--config', '.dependency-cruiser.cjs'] },
];

const started = performance.now();
const waiting = [...checks];
/** @type {string[]} */
const failed = [];

const work = async () => {
  for (let check = waiting.shift(); check; check = waiting.shift()) {
    const began = performance.now();
    const { code, output } = await runQuietly(nodeBin(check.command), check.args);
    console.log(`${code === 0 ? '✓' : '✗'} ${check.name} (${secondsSince(began)})`);
    if (code === 0) continue;
    failed.push(check.name);
    console.log(output.trimEnd());
  }
};

await Promise.all([work(), work()]);
console.log(failed.length === 0 ? `all checks passed in ${secondsSince(started)}` : `failed: ${failed.join(', ')} (${secondsSince(started)})`);
process.exitCode = failed.length === 0 ? 0 : 1;
