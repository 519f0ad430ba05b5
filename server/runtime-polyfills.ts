/** Owns what the server needs and an older Node 18 (Electron 25's utility process) lacks; must be imported before anything else. */
import { webcrypto } from 'node:crypto';

// `node:diagnostics_channel` itself is swapped for dc-polyfill by the bundler (server.vite.config.ts): Fastify asks for it by require.
if (globalThis.crypto === undefined) {
  Object.defineProperty(globalThis, 'crypto', { value: webcrypto, configurable: true, writable: true });
}
