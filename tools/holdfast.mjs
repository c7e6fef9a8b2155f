#!/usr/bin/env node
// The command line: `npx holdfast <command>`. Standard output belongs to the command's answer; what is said here goes to standard error.
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from './lib/prepare.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

try {
  await prepare();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
await import(join(root, 'dist/apps/cli/src/main.js'));
