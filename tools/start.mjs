#!/usr/bin/env node
// `npm start`, and with the argument `cluster` `npm run cluster`: installs and builds what is missing or stale, then becomes the product.
// Plain Node: it runs before the install.
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from './lib/prepare.mjs';
import { Interrupted } from './lib/run-step.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const NODE_MIN = [20, 19];
const say = (line) => process.stderr.write(`${line}\n`);

const HELP = `Installs and builds what is missing, then runs the product until it is stopped (Ctrl-C).

  npm start                # one process and its PostgreSQL
  npm run cluster          # gateways, inventory and checkout apart, behind nginx, with Redis, Kafka and Debezium

Settings are environment variables, such as PORT, HOST, HOLDFAST_DATA_DIR and DATABASE_URL; README.md has them all. When it is ready it
prints a line that begins "Holdfast is ready at". Exit code: 0 stopped, 1 it cannot start, 2 wrong usage.`;

/** The mode, or null for that of the environment. Ends the process when there is nothing to start. */
function readArguments(args) {
  const [mode, ...rest] = args[0] === 'cluster' ? args : [null, ...args];
  const unknown = rest.find((arg) => !['--help', '-h'].includes(arg));
  if (unknown !== undefined) {
    say(
      `unknown argument: ${unknown}. Settings are environment variables; \`npm start -- --help\` says more.`,
    );
    process.exit(2);
  }
  if (rest.length > 0) {
    console.log(HELP);
    process.exit(0);
  }
  return mode;
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) return;
  throw new Error(`Holdfast needs Node ${NODE_MIN.join('.')} or newer; this is ${process.versions.node}`);
}

const mode = readArguments(process.argv.slice(2));
const interruption = new AbortController();
const interrupt = () => interruption.abort();
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
for (const name of SIGNALS) process.on(name, interrupt);
try {
  checkNode();
  await prepare(interruption.signal);
} catch (error) {
  const interrupted = error instanceof Interrupted || error.name === 'AbortError';
  if (!interrupted) say(`Holdfast cannot start: ${error.message}`);
  process.exit(interrupted ? 0 : 1);
}
if (mode === 'cluster') process.env.HOLDFAST_MODE = 'cluster';
const main = join(root, 'dist/apps/standalone/src/main.js');
if (!existsSync(main)) throw new Error(`the build left no ${main}`);
const product = await import(main);
// The product listens to the same signals from its first line on; one that came before is handed over.
await product.default.main(interruption.signal);
