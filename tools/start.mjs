#!/usr/bin/env node
// `npm start`, and with the argument `cluster` `npm run cluster`: installs and builds what is missing or stale, then becomes the product.
// Plain Node: it runs before the install.
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { interruption, prepare } from './lib/prepare.mjs';
import { takesNoArguments } from './lib/usage.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const NODE_MIN = [20, 19];

const HELP = `Installs and builds what is missing, then runs the product until it is stopped (Ctrl-C).

  npm start                # one process and its PostgreSQL
  npm run cluster          # gateways, inventory, checkout and accounts apart, behind nginx, with Redis, Kafka and Debezium

Settings are environment variables, such as PORT, HOST, HOLDFAST_DATA_DIR and DATABASE_URL; README.md has them all. When it is ready it
prints a line that begins "Holdfast is ready at". Exit code: 0 stopped, 1 it cannot start, 2 wrong usage.`;

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) return;
  throw new Error(`Holdfast needs Node ${NODE_MIN.join('.')} or newer; this is ${process.versions.node}`);
}

const args = process.argv.slice(2);
const mode = args[0] === 'cluster' ? args.shift() : null; // null: as the environment says
takesNoArguments(args, HELP, 'Settings are environment variables; `npm start -- --help` says more.');
const signal = interruption();
try {
  checkNode();
  await prepare(signal);
} catch (error) {
  if (!signal.aborted) console.error(`Holdfast cannot start: ${error.message}`);
  process.exit(signal.aborted ? 0 : 1);
}
const { readVariable } = (await import(join(root, 'dist/libs/config/src/app-config.js'))).default;
// What is wrong with the variable is said by the product, with all else that is wrong.
const isCluster = (mode ?? readVariable(process.env, 'HOLDFAST_MODE', [])) === 'cluster';
const app = isCluster ? 'cluster' : 'standalone';
const main = join(root, `dist/apps/${app}/src/main.js`);
if (!existsSync(main)) throw new Error(`the build left no ${main}`);
const product = await import(main);
// The product listens to the same signals from its first line on; one that came before is handed over.
await product.default.main(signal);
