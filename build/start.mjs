/** `npm start`: opens the built app. Arguments go to the app. */
import { onDisplay } from './display.mjs';
import { electronPath, runtimeName } from './electron-runtime.mjs';
import { repoRoot } from './paths.mjs';
import { runInForeground } from './run.mjs';

// Chromium refuses to sandbox a program that root runs.
const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
const { command, args, isVirtual } = onDisplay(electronPath(), [...sandbox, repoRoot, ...process.argv.slice(2)]);
console.log(`start: ${runtimeName()}${isVirtual ? ' on a virtual display (no DISPLAY here): nothing will be seen, Ctrl+C stops it' : ''}`);
process.exitCode = await runInForeground(command, args);
