// Ports for the servers of one data folder: free ones, and the same again at the next start, so that clients and scripts find them.
import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ClusterError } from './errors.mjs';

// Below the ports that Linux and macOS hand out to outgoing connections: one of those, taken by a client while a server restarts,
// would keep that server from coming back to its address.
const FIRST = 20_000;
const LAST = 31_999;
const TRIES = 50;

/** @returns {Promise<Record<string, number>>} a port for each name: the remembered one when it is free, else another */
export async function choosePorts(dir, names) {
  const file = join(dir, 'ports.json');
  const ports = existsSync(file) ? readPorts(file) : {};
  // What is remembered for others of this folder is theirs, also while they are not running.
  const others = Object.keys(ports).filter((name) => !names.includes(name));
  const taken = new Set(others.map((name) => ports[name]));
  for (const name of names) {
    const known = ports[name];
    ports[name] = known && !taken.has(known) && (await isFree(known)) ? known : await freePort(taken);
    taken.add(ports[name]);
  }
  mkdirSync(dir, { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(ports, null, 2));
  renameSync(`${file}.new`, file);
  return Object.fromEntries(names.map((name) => [name, ports[name]]));
}

export async function freePort(taken = new Set()) {
  for (let i = 0; i < TRIES; i += 1) {
    const port = randomInt(FIRST, LAST + 1);
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  throw new ClusterError(`no free port among ${TRIES} tries from ${FIRST} to ${LAST}`);
}

export function isFree(port, host = '127.0.0.1') {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

function readPorts(file) {
  try {
    const ports = JSON.parse(readFileSync(file, 'utf8'));
    return Object.fromEntries(Object.entries(ports).filter(([, port]) => Number.isInteger(port)));
  } catch {
    return {}; // half a file after a power cut: new ports will do
  }
}
