// For health checks of containers: exit code 0 when the address answers 2xx.
//   node dist/apps/cluster/src/programs/healthy.js http://127.0.0.1:3000/health/ready
const WAIT_MS = 3_000;

fetch(process.argv[2]!, { signal: AbortSignal.timeout(WAIT_MS) }).then(
  ({ ok, status }) => end(ok ? 0 : 1, String(status)),
  ({ cause, message }: Error & { cause?: { code?: string } }) => end(1, cause?.code ?? message),
);

function end(code: number, why: string): void {
  if (code !== 0) process.stderr.write(`${why}\n`);
  process.exit(code);
}
