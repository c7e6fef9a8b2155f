import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { PlaceHold, PlaceOutcome } from '@holdfast/contracts';
import { ClientTCP } from '@nestjs/microservices';
import { silentLogger } from '@holdfast/observability';
import { connectPeers, remoteInventory, type TlsSetting } from '@holdfast/transport';
import { firstValueFrom } from 'rxjs';
import { BARE, BENCH_KEY } from './server';

// What a call between two services costs: commands to place a hold, twenty a frame, one process each side.
const COMMANDS = Number(process.env['BENCH_COMMANDS'] ?? 20);
const IN_FLIGHT = 64;
// Counted in calls, not in time: on a machine that does other things, too, the compiler gets as warm as on an idle one.
const CALLS = Number(process.env['BENCH_CALLS'] ?? 5_000);
const WARM_CALLS = 3_000;

type Place = (commands: PlaceHold[]) => Promise<PlaceOutcome[]>;
type Cpu = NodeJS.CpuUsage;
const microseconds = ({ user, system }: Cpu) => user + system;

function command(n: number): PlaceHold {
  return {
    dropId: 'd1234567',
    customerId: `cus_${String(n).padStart(26, '0')}`,
    key: `0190a1b2-c3d4-7e5f-8a9b-${String(n).padStart(12, '0')}`,
    fingerprint: 'ab'.repeat(32),
    lines: [{ sku: 'TEE-M', quantity: 1 }],
  };
}

async function cpuOf(server: ChildProcess): Promise<Cpu> {
  server.send('cpu');
  const [{ cpu }] = (await once(server, 'message')) as [{ cpu: Cpu }];
  return cpu;
}

/** So many calls of commands, each begun when one before has ended. */
async function load(place: Place, calls: number): Promise<void> {
  let begun = 0;
  const callers = Array.from({ length: IN_FLIGHT }, async () => {
    while ((begun += 1) <= calls) {
      const first = begun * COMMANDS;
      const outcomes = await place(Array.from({ length: COMMANDS }, (_, i) => command(first + i)));
      for (const outcome of outcomes) if (outcome.kind !== 'held') throw new Error(outcome.kind);
    }
  });
  await Promise.all(callers);
}

async function started(args: string[]): Promise<{ server: ChildProcess; address: string }> {
  const server = fork(join(__dirname, 'server.js'), args);
  const [{ address }] = (await once(server, 'message')) as [{ address: string }];
  return { server, address };
}

async function measure(name: string, server: ChildProcess, place: Place): Promise<void> {
  await load(place, WARM_CALLS);
  const [servedBefore, callerBefore, begun] = [await cpuOf(server), process.cpuUsage(), performance.now()];
  await load(place, CALLS);
  const seconds = (performance.now() - begun) / 1_000;
  const caller = microseconds(process.cpuUsage(callerBefore)) / CALLS;
  const served = (microseconds(await cpuOf(server)) - microseconds(servedBefore)) / CALLS;
  console.log(
    `${name}: ${(CALLS / seconds).toFixed(0)} calls/s of ${COMMANDS} commands, CPU a call ` +
      `${(caller + served).toFixed(0)} µs (caller ${caller.toFixed(0)}, service ${served.toFixed(0)})`,
  );
  server.disconnect();
  await once(server, 'exit');
}

async function ours(name: string, tls: TlsSetting, joinMax: number): Promise<void> {
  const { server, address } = await started([tls]);
  const peers = connectPeers({
    service: 'inventory',
    addresses: [address],
    key: BENCH_KEY,
    tls,
    logger: silentLogger(),
    settings: { joinMax },
  });
  while (!peers.usable) await new Promise((resolve) => setTimeout(resolve, 10));
  const inventory = remoteInventory(peers);
  await measure(name, server, (commands) => Promise.all(commands.map((it) => inventory.placeHold(it))));
  peers.close();
}

async function bare(): Promise<void> {
  const { server, address } = await started(['off', 'bare']);
  const client = new ClientTCP({ host: '127.0.0.1', port: Number(address.split(':')[1]) });
  await client.connect();
  await measure('bare Nest TCP', server, (commands) =>
    firstValueFrom(client.send<PlaceOutcome[]>(BARE, commands)),
  );
  client.close();
}

async function main(): Promise<void> {
  await bare();
  await ours(`ours, frames of ${COMMANDS}`, 'off', COMMANDS);
  await ours('ours, joined as they come', 'off', 256);
  await ours('ours, joined, TLS', 'on', 256);
}

void main();
