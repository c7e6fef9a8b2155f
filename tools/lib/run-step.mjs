// Runs one long step as a child process: quiet, with its age shown, its output kept for the case that it fails, and ended with us.
import { spawn } from 'node:child_process';

const TICK_MS_TERMINAL = 1_000;
const TICK_MS_PLAIN = 15_000;
const KILL_AFTER_MS = 4_000;
const OUTPUT_CHARS_MAX = 8_000;

/**
 * Rejects with the end of the output when the step fails, also when `signal` ended it.
 * @param {string} title
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, signal: AbortSignal, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<void>}
 */
export function runStep(title, command, args, { cwd, signal, env = process.env }) {
  const started = Date.now();
  const endProgress = showProgress(title, started);
  // A group of its own, so that npm's own children are ended with it.
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (output = (output + text).slice(-OUTPUT_CHARS_MAX)));
  }
  const kill = (name) => {
    try {
      if (child.pid) process.kill(-child.pid, name);
    } catch {
      // Gone already.
    }
  };
  const interrupt = () => {
    kill('SIGTERM');
    setTimeout(kill, KILL_AFTER_MS, 'SIGKILL').unref();
  };
  signal.addEventListener('abort', interrupt);
  if (signal.aborted) interrupt();
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (signal.aborted) reject(new Error('interrupted'));
      else if (code === 0) resolve(undefined);
      else reject(new Error(`${title} failed:\n${output.trim()}`));
    });
  }).finally(() => {
    signal.removeEventListener('abort', interrupt);
    endProgress();
  });
}

function showProgress(title, started) {
  const seconds = () => Math.round((Date.now() - started) / 1000);
  const terminal = process.stderr.isTTY;
  const draw = () =>
    process.stderr.write(terminal ? `\r${title} … ${seconds()} s ` : `${title} … ${seconds()} s\n`);
  process.stderr.write(terminal ? `${title} … ` : `${title} …\n`);
  const timer = setInterval(draw, terminal ? TICK_MS_TERMINAL : TICK_MS_PLAIN);
  return () => {
    clearInterval(timer);
    if (terminal) process.stderr.write(`\r${title} … ${seconds()} s\n`);
  };
}
