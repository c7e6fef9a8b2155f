import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { runbookPages } from './runbook-pages';

/**
 * The pages of shoppers and of merchants, built into dist/web. Asset names contain their hash, so they can be cached indefinitely.
 */
export default defineConfig({
  root: __dirname,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [runbookPages()],
  build: {
    outDir: resolve(__dirname, '../../../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0, // the pages' policy forbids data: anywhere but in pictures
    modulePreload: { polyfill: false },
    rollupOptions: {
      // What most views of merchants need is one file: each small file costs a request, and compresses badly.
      output: {
        codeSplitting: {
          groups: [
            { name: 'base', test: /node_modules.@?preact|web.shared/, minShareCount: 2, priority: 1 },
            {
              name: 'parts',
              test: /web.admin.(parts.(?!chart)|state.(?!launch|drop-(fields|conflict)|product-fields|timeline|rehearsals-|rehearsal-words))/,
            },
          ],
        },
      },
      input: { shop: resolve(__dirname, 'index.html'), admin: resolve(__dirname, 'admin.html') },
    },
  },
});
