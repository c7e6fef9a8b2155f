// The product that a run speaks to: found by its data folder, named by its address, or started for the run.
import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isLoopback } from './options.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const require = createRequire(import.meta.url);
const READY_MS = { standalone: 180_000, cluster: 600_000 }; // the first start of a cluster fetches Kafka
const STOP_MS = 20_000;
const LINES_PER_RUN = 3;

/** Parts of the command line's own code, as built: one way to find the product, one pass, one audit. */
export function commandLine() {
  require('reflect-metadata');
  const part = (path) => require(join(root, 'dist/apps/standalone/src', path));
  const { readRunState } = part('cli/product/run-state.js');
  const { OperatorPass } = part('cli/product/operator-pass.js');
  const { withLedger, ledgerNowMs } = part('process/with-ledger.js');
  const { checkPromises } = part('cli/rush/check-promises.js');
  return { readRunState, OperatorPass, withLedger, ledgerNowMs, checkPromises };
}

/** Null when there is none. `run` is null for an address that is not the data folder's product: then nobody can ask its ledger. */
export function findProduct({ url }, dataDir) {
  const run = commandLine().readRunState(dataDir);
  if (url === null) return run && { address: run.address, run };
  return { address: url, run: run !== null && isSame(url, run.address) ? run : null };
}

/** A product elsewhere may well listen on the same port. */
export function isSame(a, b) {
  const [one, other] = [new URL(a), new URL(b)];
  if (one.port !== other.port) return false;
  return one.hostname === other.hostname || (isLoopback(one.hostname) && isLoopback(other.hostname));
}

/** `npm start` or `npm run cluster` on the data folder. Resolves when it is ready, with a function that ends it. */
export async function startProduct(mode, { dataDir, log, signal, say }) {
  const script = mode === 'cluster' ? ['run', 'cluster'] : ['start'];
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  if (!scripts[script.at(-1)]) throw new Error(`there is no \`npm ${script.join(' ')}\` here`);
  say(`Starting the product: ${mode} …`);
  const env = {
    ...process.env,
    HOLDFAST_DATA_DIR: dataDir,
    PORT: process.env.PORT ?? '0',
    HOLDFAST_DEMO: 'off',
  };
  // A group of its own: a Ctrl-C in the terminal is for us, and we end it in order.
  const child = spawn('npm', ['--silent', ...script], {
    cwd: root,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const file = createWriteStream(log);
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (more) => {
      file.write(more);
      text = (text + more).slice(-20_000);
    });
  const exited = new Promise((done) => child.once('exit', done));
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    const timer = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), STOP_MS);
    await exited;
    clearTimeout(timer);
    file.end();
  };
  const ready = async () => {
    for (const end = Date.now() + READY_MS[mode]; Date.now() < end && !signal.aborted;) {
      if (/^Holdfast is ready at /m.test(text)) return;
      if (child.exitCode !== null) throw new Error(`the product did not start:\n${text.slice(-3_000)}`);
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(signal.aborted ? 'interrupted' : `the product was not ready in time; see ${log}`);
  };
  try {
    await ready();
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

/** `npx holdfast <args> --json`; its JSON document, and whether it said 0. Throws when there was no document. */
export function holdfast(args, dataDir) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'tools/holdfast.mjs'), ...args, '--json'],
    { cwd: root, env: { ...process.env, HOLDFAST_DATA_DIR: dataDir }, encoding: 'utf8', maxBuffer: 64 << 20 },
  );
  try {
    return { ok: status === 0, document: JSON.parse(stdout) };
  } catch {
    throw new Error(`holdfast ${args.join(' ')} ended with ${status}:\n${stderr.trim()}`);
  }
}

/** A drop for this run alone, so that every hold in it is one of ours. */
export function makeDrop({ scenario, seed, units, holdTtl }, dataDir) {
  const parts =
    units < LINES_PER_RUN
      ? [units]
      : [units - 2 * Math.floor(units / 3), ...Array(2).fill(Math.floor(units / 3))];
  const items = parts.flatMap((share, at) => ['--item', `K6-${'SML'[at]}=${share}@${19 + at}.00`]);
  const name = `k6 ${scenario}, seed ${seed}`;
  const args = [
    'drop',
    'create',
    '--name',
    name,
    ...items,
    '--opens-at',
    'now',
    '--hold-ttl',
    String(holdTtl),
  ];
  const { ok, document } = holdfast(args, dataDir);
  if (!ok) throw new Error(`the drop could not be made: ${JSON.stringify(document)}`);
  return { id: document.id, units };
}

/** A drop that is there: its units are what it has in all. */
export async function readDrop(address, id) {
  const answer = await fetch(`${address}/v1/drops/${id}`, { signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(`the drop ${id} cannot be read at ${address}: ${answer.status}`);
  const { items } = await answer.json();
  return { id, units: items.reduce((sum, { stock }) => sum + (stock.total ?? 0), 0) };
}
