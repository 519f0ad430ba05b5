/** `npm run bench [name …]`: measurements against peers, in the same run, on this machine; see tests/bench/run.mjs. */
import { onDisplay } from './display.mjs';
import { inRepo } from './paths.mjs';
import { runInForeground } from './run.mjs';

const { command, args } = onDisplay(process.execPath, [inRepo('tests', 'bench', 'run.mjs'), ...process.argv.slice(2)]);
process.exitCode = await runInForeground(command, args);
