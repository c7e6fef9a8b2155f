import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { median } from '@holdfast/kernel';
import { DROP_ID } from '../../test/support/fake-edge';
import { postRequest, RawConnection } from '../http/raw-connection';

// What a loser of a sold-out drop costs: the whole route with the latch, the same with a call to inventory over TCP for each request, and a bare
// Fastify that sends the body back. In turns, so that whatever else the machine does hits all; CPU time of the server processes, per request.
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);
const REQUESTS = Number(process.env['BENCH_REQUESTS'] ?? 20_000);
const CONNECTIONS = 64;
const CUSTOMERS = 2_000;
const BODY = '{"lines":[{"sku":"TEE-M","quantity":1}]}';

interface Server {
  url: string;
  child: ChildProcess;
}

async function start(...args: string[]): Promise<Server> {
  const child = fork(join(__dirname, 'server.js'), args, { execArgv: [] });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return { url, child };
}

/** User and system time so far, in microseconds. */
async function cpuOf({ child }: Server): Promise<number> {
  child.send('cpu');
  const [{ cpu }] = (await once(child, 'message')) as [{ cpu: NodeJS.CpuUsage }];
  return cpu.user + cpu.system;
}

async function sessions(url: string): Promise<string[]> {
  const connection = await RawConnection.open('127.0.0.1', Number(new URL(url).port));
  const tokens: string[] = [];
  while (tokens.length < CUSTOMERS) {
    const { body } = await connection.send(postRequest('/v1/sessions', {}, '{}'));
    tokens.push((JSON.parse(body.toString()) as { accessToken: string }).accessToken);
  }
  connection.close();
  return tokens;
}

interface Side {
  name: string;
  server: Server;
  /** Processes whose time counts. */
  all: Server[];
  tokens: string[];
  status: number;
}

let keys = 0;

async function run({ server, all, tokens, status }: Side): Promise<{ perSecond: number; micros: number }> {
  const port = Number(new URL(server.url).port);
  const connections = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => RawConnection.open('127.0.0.1', port)),
  );
  const before = await Promise.all(all.map(cpuOf));
  const started = performance.now();
  let sent = 0;
  const drive = async (connection: RawConnection) => {
    while (sent < REQUESTS) {
      sent += 1;
      keys += 1;
      const headers = {
        authorization: `Bearer ${tokens[keys % tokens.length]}`,
        'idempotency-key': `key-${keys}`,
      };
      const answer = await connection.send(postRequest(`/v1/drops/${DROP_ID}/holds`, headers, BODY));
      if (answer.status !== status) throw new Error(`answered ${answer.status}: ${answer.body.toString()}`);
    }
  };
  await Promise.all(connections.map(drive));
  const seconds = (performance.now() - started) / 1000;
  const after = await Promise.all(all.map(cpuOf));
  for (const connection of connections) connection.close();
  const used = after.reduce((sum, micros, i) => sum + micros - before[i]!, 0);
  return { perSecond: sent / seconds, micros: used / sent };
}

async function main(): Promise<void> {
  const inventory = await start('inventory');
  const servers = [
    await start('echo'),
    await start('latched', inventory.url),
    await start('gateway', inventory.url),
  ] as const;
  const [echo, latched, plain] = servers;
  const tokens = await sessions(latched.url);
  const sides: Side[] = [
    { name: 'bare echo', server: echo, all: [echo], tokens, status: 200 },
    { name: 'refusal with the latch', server: latched, all: [latched, inventory], tokens, status: 409 },
    {
      name: 'refusal by a call',
      server: plain,
      all: [plain, inventory],
      tokens: await sessions(plain.url),
      status: 409,
    },
  ];
  for (const side of sides) await run(side);
  const micros = sides.map((): number[] => []);
  const rates = sides.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [at, side] of sides.entries()) {
      const result = await run(side);
      micros[at]!.push(result.micros);
      rates[at]!.push(result.perSecond);
    }
  }
  sides.forEach(({ name }, at) =>
    console.log(
      `${name}: ${median(micros[at]!).toFixed(1)} µs of CPU, ${median(rates[at]!).toFixed(0)} a second`,
    ),
  );
  for (const at of [1, 2]) {
    const ratios = micros[at]!.map((own, round) => micros[0]![round]! / own);
    console.log(
      `bare echo ÷ ${sides[at]!.name}, CPU: min ${Math.min(...ratios).toFixed(2)}, median ${median(ratios).toFixed(2)}, max ${Math.max(...ratios).toFixed(2)}`,
    );
  }
  latched.child.send('counts');
  const [{ fromMemory }] = (await once(latched.child, 'message')) as [{ fromMemory: number }];
  console.log(
    `from memory: ${((100 * fromMemory) / (REQUESTS * (ROUNDS + 1))).toFixed(1)} % of the requests to the latch`,
  );
  for (const { child } of [...servers, inventory]) child.disconnect();
}

void main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
