import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { EmbeddedPostgresError } from './errors';

// Below the ports that Linux and macOS hand out to outgoing connections: one of those, taken by a client while the server
// restarts, would keep it from coming back to its address.
const FIRST = 20_000;
const LAST = 31_999;
const TRIES = 50;

/** `wanted` when it is free, else another one. */
export async function choosePort(wanted: number | null): Promise<number> {
  if (wanted !== null && (await isFree(wanted))) return wanted;
  for (let i = 0; i < TRIES; i += 1) {
    const port = randomInt(FIRST, LAST + 1);
    if (await isFree(port)) return port;
  }
  throw new EmbeddedPostgresError(
    `no free port for PostgreSQL among ${TRIES} tries from ${FIRST} to ${LAST}`,
  );
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
