import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Mode } from './options';

const READY_MS = { standalone: 180_000, cluster: 600_000 }; // the first start of a cluster downloads Kafka
const STOP_MS = 20_000;
const POLL_MS = 100;
const OUTPUT_KEPT = 20_000; // characters
const OUTPUT_SHOWN = 3_000;

export interface StartOptions {
  repository: string;
  dataDir: string;
  /** A file that its output goes to. */
  log: string;
  signal: AbortSignal;
}

/** `npm start` or `npm run cluster` on the data folder. Resolves when it is ready, with a function that stops it. */
export async function startProduct(mode: Mode, options: StartOptions): Promise<() => Promise<void>> {
  const { repository, dataDir, log, signal } = options;
  const script = mode === 'cluster' ? ['run', 'cluster'] : ['start'];
  // A group of its own: a Ctrl-C in the terminal is for us, and we stop it in order.
  const child = spawn('npm', ['--silent', ...script], {
    cwd: repository,
    env: {
      ...process.env,
      HOLDFAST_DATA_DIR: dataDir,
      PORT: process.env['PORT'] ?? '0',
      HOLDFAST_DEMO: 'off',
    },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const file = createWriteStream(log);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      file.write(text);
      output = (output + text).slice(-OUTPUT_KEPT);
    });
  const exited = once(child, 'exit');
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    const timer = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), STOP_MS);
    await exited;
    clearTimeout(timer);
    file.end();
  };
  try {
    for (const end = Date.now() + READY_MS[mode]; Date.now() < end && !signal.aborted; await pause(POLL_MS)) {
      if (/^Holdfast is ready at /m.test(output)) return stop;
      if (child.exitCode !== null)
        throw new Error(`the product did not start:\n${output.slice(-OUTPUT_SHOWN)}`);
    }
    throw new Error(signal.aborted ? 'interrupted' : `the product was not ready in time; see ${log}`);
  } catch (error) {
    await stop();
    throw error;
  }
}
