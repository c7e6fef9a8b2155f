import { resolve } from 'node:path';
import { defineConfig } from 'vite';

/**
 * The pages of shoppers and of merchants, built into dist/web. Asset names contain their hash, so they can be cached indefinitely.
 */
export default defineConfig({
  root: __dirname,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: resolve(__dirname, '../../../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0, // the pages' policy forbids data: anywhere but in pictures
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { shop: resolve(__dirname, 'index.html'), admin: resolve(__dirname, 'admin.html') },
    },
  },
});
