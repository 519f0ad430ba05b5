/** The process of the twenty devices; see devices.ts. */
import { join, resolve } from 'node:path';
import { runnerImport } from 'vite';

const root = resolve(import.meta.dirname, '../../..');
await runnerImport(join(import.meta.dirname, 'devices.ts'), { root, configFile: false, logLevel: 'error' });
