/** The process of the twenty devices; see devices.ts. */
import { join } from 'node:path';
import { load } from '../load.mjs';

await load(join(import.meta.dirname, 'devices.ts'));
