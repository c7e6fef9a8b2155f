#!/usr/bin/env node
// `npm run k6`: makes this clone ready, then runs apps/cli/src/k6. `--help` says more.
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { interruption, prepare } from './lib/prepare.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const signal = interruption();

try {
  await prepare(signal);
  const { runK6 } = await import(join(root, 'dist/apps/cli/src/k6/run-k6.js'));
  process.exitCode = await runK6({
    args: process.argv.slice(2),
    env: process.env,
    repository: root,
    interrupted: signal,
  });
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
