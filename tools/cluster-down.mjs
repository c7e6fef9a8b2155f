#!/usr/bin/env node
// `npm run cluster:down`: ends a cluster that was started elsewhere. Plain Node: it runs before the install.
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { interruption, prepare } from './lib/prepare.mjs';
import { takesNoArguments } from './lib/usage.mjs';

const HELP = `Ends a cluster that was started elsewhere, and waits until all of it is gone. What it keeps stays in the data folder.

  npm run cluster:down

HOLDFAST_DATA_DIR names the data folder (.holdfast). Exit code: 0 it is down, 1 it could not be ended, 2 wrong usage.`;

takesNoArguments(process.argv.slice(2), HELP, '`npm run cluster:down -- --help` says what there is.');
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const program = join(root, 'dist/apps/cluster/src/programs/down.js');
// What is built is good enough, stale or not: a changed lock file or a source that does not compile must not keep the cluster up.
if (!existsSync(program)) {
  const signal = interruption();
  try {
    await prepare(signal);
  } catch (error) {
    console.error(signal.aborted ? 'interrupted' : error.message);
    process.exit(1);
  }
  signal.addEventListener('abort', () => process.exit(1));
}
const { down } = (await import(program)).default;
process.exitCode = await down(resolve(process.env.HOLDFAST_DATA_DIR || '.holdfast'));
