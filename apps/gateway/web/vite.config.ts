import { resolve } from 'node:path';
import { defineConfig } from 'vite';

/** The shop's pages, built into dist/web. Assets carry their hash in the name, so they may be kept for ever. */
export default defineConfig({
  root: __dirname,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: resolve(__dirname, '../../../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0, // the pages' policy forbids data: anywhere but in pictures
    modulePreload: { polyfill: false },
  },
});
