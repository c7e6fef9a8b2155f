import { INTERRUPTED, runCli } from './program';

const FLUSH_MS = 200; // for what is on its way into a pipe

/** The process of `npx holdfast`. Ends by itself when the work is done, so that nothing written is cut off. */
async function main(): Promise<void> {
  const interrupt = new AbortController();
  process.on('SIGINT', () => {
    // The second Ctrl-C means it: the command did not stop by itself.
    if (interrupt.signal.aborted) process.exit(130);
    interrupt.abort();
  });
  const exitCode = await runCli({
    args: process.argv.slice(2),
    env: process.env,
    streams: { in: process.stdin, out: process.stdout, err: process.stderr },
    interrupted: interrupt.signal,
  });
  process.exitCode = exitCode;
  // What was left where it stood may still hold a connection open.
  if (exitCode === INTERRUPTED) setTimeout(() => process.exit(), FLUSH_MS);
}

void main();
