/** What newer Node has and the oldest supported runtime (Electron 25, Node 18) lacks. Imported first. */
import { webcrypto } from 'node:crypto';

if (!('crypto' in globalThis)) Object.defineProperty(globalThis, 'crypto', { value: webcrypto });
