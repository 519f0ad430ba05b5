/** Builds the board as a page for any television, which the hub of an office serves. */
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = (path: string): string => resolve(import.meta.dirname, path);

export default defineConfig({
  root: here('renderer/board/page'),
  // Wherever the hub puts it.
  base: './',
  plugins: [react()],
  build: {
    // Televisions of 2021: Samsung's Tizen 6 has Chromium 76, LG's webOS 6 has 79.
    target: 'chrome76',
    outDir: here('out/board'),
    emptyOutDir: true,
    minify: true,
    cssMinify: true,
    // The CSP has no `data:` for scripts, styles, fonts and sounds.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
