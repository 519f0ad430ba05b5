/** `npm run demo`: the main job, unattended, in the real app; leaves its pictures and counts in out/demo/. */
import { rmSync } from 'node:fs';
import { onDisplay } from './display.mjs';
import { runtimeName } from './electron-runtime.mjs';
import { inRepo, nodeBin } from './paths.mjs';
import { runInForeground } from './run.mjs';

rmSync(inRepo('out', 'demo'), { recursive: true, force: true });
console.log(`Quầy Một Cửa, the main job end to end, in ${runtimeName()}\n`);
const { command, args } = onDisplay(nodeBin('playwright'), ['test', '--config', 'tests/demo/playwright.config.ts']);
process.exitCode = await runInForeground(command, args);
