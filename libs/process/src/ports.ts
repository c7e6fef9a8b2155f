import { randomInt } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { StartError } from './start-error';

// Below the ephemeral ports of Linux and macOS: a client that took one of those while a server restarts would
// keep that server from its address.
const FIRST = 20_000;
const LAST = 31_999;
const TRIES = 50;

/**
 * A port for each name, stored in `folder`: the one of the last start when it is free, else another, so that
 * clients and scripts find the servers of a data folder again.
 */
export async function choosePorts<Name extends string>(
  folder: string,
  names: readonly Name[],
): Promise<Record<Name, number>> {
  const file = join(folder, 'ports.json');
  const ports = readPorts(file);
  // Ports stored for other names of this folder stay theirs, even while they are not running.
  const others = Object.entries(ports).filter(([name]) => !(names as readonly string[]).includes(name));
  const taken = new Set(others.map(([, port]) => port));
  for (const name of names) {
    const known = ports[name];
    const port = known && !taken.has(known) && (await isFree(known)) ? known : await freePort(taken);
    ports[name] = port;
    taken.add(port);
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(ports, null, 2));
  renameSync(`${file}.new`, file);
  return Object.fromEntries(names.map((name) => [name, ports[name]])) as Record<Name, number>;
}

export async function freePort(taken: ReadonlySet<number> = new Set()): Promise<number> {
  for (let i = 0; i < TRIES; i += 1) {
    const port = randomInt(FIRST, LAST + 1);
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  throw new StartError(`no free port among ${TRIES} tries from ${FIRST} to ${LAST}`);
}

export function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

function readPorts(file: string): Record<string, number> {
  try {
    const ports = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>;
    return Object.fromEntries(Object.entries(ports).filter(([, port]) => Number.isInteger(port)));
  } catch {
    return {}; // none yet, or half a file after a power failure: new ports are fine
  }
}
