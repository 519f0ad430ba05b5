/** Bundles the provincial server into one file that runs on Node 20 and inside Electron 25 (Node 18.15). */
import { resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const here = (path: string): string => resolve(import.meta.dirname, path);

/** Fastify asks for tracingChannel, which Node 18.15 lacks; the polyfill itself still needs the real module. */
const diagnosticsChannel: Plugin = {
  name: 'diagnostics-channel',
  enforce: 'pre',
  resolveId: {
    filter: { id: /^(node:)?diagnostics_channel$/u },
    handler: (id, importer) => (importer?.includes('/dc-polyfill/') === true ? { id, external: true } : here('node_modules/dc-polyfill/dc-polyfill.js')),
  },
};

export default defineConfig({
  plugins: [diagnosticsChannel],
  build: {
    target: 'node18',
    outDir: 'out/server',
    emptyOutDir: true,
    minify: false,
    ssr: here('server/main.ts'),
    rolldownOptions: {
      // Optional accelerators that are not installed; their users go on without them.
      external: ['pg-native', '@redis/client', 'pino-pretty'],
      output: { format: 'cjs', entryFileNames: 'main.cjs', codeSplitting: false },
    },
  },
  ssr: { noExternal: true },
});
