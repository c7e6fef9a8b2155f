import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { identify, isAlive, sendSignal } from '@holdfast/process';

/**
 * A program of its own that stops processes and lets them go on: after the time, when its standard input closes
 * (this process has ended, even by SIGKILL), or on any signal. So no pause outlives the rehearsal.
 */
export const PAUSE = `
const [ms, ...pids] = process.argv.slice(1).map(Number);
const send = (signal) => pids.forEach((pid) => { try { process.kill(pid, signal); } catch {} });
const end = () => { send('SIGCONT'); process.exit(0); };
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, end);
process.stdin.on('end', end).on('error', end).on('close', end).resume();
process.stdout.on('error', end);
send('SIGSTOP');
process.stdout.write('stopped');
setTimeout(end, ms);
`;

/** Resolves when they go on. `onStopped` is called once they are stopped. */
export async function pauseProcesses(
  pids: readonly number[],
  forMs: number,
  signal: AbortSignal,
  onStopped: () => void,
): Promise<void> {
  if (signal.aborted) return;
  const paused = pids.flatMap((pid) => identify(pid) ?? []);
  const args = ['-e', PAUSE, String(forMs), ...pids.map(String)];
  const child = spawn(process.execPath, args, { detached: true, stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.on('error', () => undefined);
  child.stdout.once('data', onStopped);
  const end = () => child.stdin.end();
  signal.addEventListener('abort', end, { once: true });
  try {
    await once(child, 'exit');
  } finally {
    signal.removeEventListener('abort', end);
    // Somebody may have killed that program, too. One that runs takes no notice.
    for (const it of paused) if (isAlive(it)) sendSignal(it.pid, 'SIGCONT');
  }
}
