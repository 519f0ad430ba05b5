/** Builds the page of the supervisors, which the province serves under /giam-sat. */
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = (path: string): string => resolve(import.meta.dirname, path);

export default defineConfig({
  root: here('renderer/supervisor'),
  base: '/giam-sat/',
  plugins: [react()],
  build: {
    // Offices do not renew their browsers every year; the demo office opens it in Electron 25.
    target: 'chrome114',
    outDir: here('out/supervisor'),
    emptyOutDir: true,
    minify: true,
    cssMinify: true,
    // The CSP has no `data:` for scripts, styles and fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
