import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { unloaded, waitFor } from '@holdfast/testing';
import { Client } from 'pg';
import { callConnect } from '../../apps/cluster/src/servers/connect-rest';
import { ownListener } from '../../apps/cluster/src/servers/kafka-listener';
import { queryBroker } from '../../apps/cluster/src/servers/query-broker';
import {
  chainedSince,
  killAccountsBeforeChaining,
  killInventoryBeforeMarking,
  newestSeq,
} from '../support/audit-kills';
import { runTool } from '../support/command';
import { onDatabase } from '../support/drops';
import { processTable, sendSignal, stillAlive } from '../support/processes';
import {
  beginStart,
  newDataDir,
  type Product,
  startProduct,
  startRefused,
  stopAllProducts,
  superuserUrl,
} from '../support/product';
import { SOAK } from '../support/seeds';
import { StaffClient } from '../support/staff-client';
import { dropSlot } from '../support/stream-servers';

interface Component {
  name: string;
  kind: string;
  pid: number;
  address: string;
  opsAddress?: string;
  state: string;
  lag: number | null;
}
interface Passwords {
  kafkaPassword: string;
  connectPassword: string;
}
interface RunState {
  pid: number;
  mode: string;
  databaseUrl: string;
  components: Component[];
}

const ALL = [
  ...['inventory-1', 'inventory-2', 'checkout-1', 'checkout-2', 'accounts-1', 'accounts-2'],
  ...['gateway-1', 'gateway-2', 'rehearsals-1'],
  ...['proxy', 'postgres', 'redis', 'kafka', 'connect'],
];
/** Of services that are started alike one is enough. Kafka and Connect have a test of their own. */
const KILLED = ['inventory-1', 'proxy', 'redis', 'postgres', ...(SOAK ? ['checkout-2', 'gateway-1'] : [])];
const SLOT = 'holdfast_cdc';
const END_MS = 10_000;
// Java programs on a machine that does other things, too.
const BACK = { deadlineMs: 120_000, everyMs: 200 };

const dataDir = newDataDir();
const runState = () => JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as RunState;
const componentOf = (name: string) => runState().components.find((it) => it.name === name)!;
const pidOf = (name: string) => componentOf(name).pid;
const cluster = (by: 'npm' | 'node' = 'node') => startProduct({ mode: 'cluster', by, dataDir, fresh: true });
/** Of this data folder: every server names it, or works in it. */
const strays = () =>
  processTable()
    .filter(({ command, zombie }) => !zombie && command.includes(dataDir))
    .map(({ command }) => command);

async function topology(product: Product): Promise<Component[]> {
  const { json } = await product.cli('topology');
  return (json as { components: Component[] }).components;
}

async function stateOf(product: Product, name: string): Promise<string> {
  return (await topology(product)).find((it) => it.name === name)!.state;
}

async function untilAllUp(product: Product): Promise<Component[]> {
  return waitFor(
    'every component to be up',
    async () => {
      const all = await topology(product);
      return all.every(({ state }) => state === 'up') && all;
    },
    BACK,
  );
}

async function dropsOf(product: Product): Promise<string[]> {
  const answer = await fetch(`${product.url}/v1/drops`);
  return ((await answer.json()) as { items: { id: string }[] }).items.map(({ id }) => id);
}

async function slots(url: string): Promise<string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ slot_name: string }>('SELECT slot_name FROM pg_replication_slots');
  await client.end();
  return rows.map(({ slot_name }) => slot_name);
}

async function expectGone(pids: number[], deadlineMs = 1_000): Promise<void> {
  const left = () => [...stillAlive(pids), ...strays()];
  await waitFor('no process to be left', () => left().length === 0, { deadlineMs });
}

let product: Product;
let drops: string[];

afterAll(async () => {
  await stopAllProducts();
  if (!process.env['HOLDFAST_KEEP_DATA']) rmSync(dataDir, { recursive: true, force: true });
});

describe('npm run cluster', () => {
  beforeAll(async () => {
    product = await cluster('npm');
    console.info(`first start ${product.startMs} ms`);
    drops = await dropsOf(product);
  }, 300_000);

  it('makes everything at its first start, and shows it', async () => {
    expect(drops).toHaveLength(1);
    expect(product.output()).toContain(`${product.url}/d/${drops[0]}`);
    expect(product.output()).toContain(join(dataDir, 'logs'));
    expect(product.output()).toContain('npm run cluster:down');
    for (const file of ['secrets.json', 'run.json'])
      expect(statSync(join(dataDir, file)).mode & 0o777).toBe(0o600);
    const all = await untilAllUp(product);
    expect(all.map(({ name }) => name)).toEqual(ALL);
    const tree = product.pids();
    for (const { pid } of all) expect(tree).toContain(pid);
    expect(all.find(({ kind }) => kind === 'connect')!.lag).toEqual(expect.any(Number));
    const ops = all.filter(({ opsAddress }) => opsAddress !== undefined);
    expect(ops.map(({ name }) => name)).toEqual(
      ALL.filter((name) => /^(inventory|checkout|accounts|gateway|rehearsals)-/.test(name)),
    );
    for (const { opsAddress } of ops) expect((await fetch(`${opsAddress}/metrics`)).status).toBe(200);
    const [ready] = await Promise.all([
      fetch(`${product.url}/health/ready`),
      waitFor(
        'counts',
        async () => (await fetch(`${product.url}/v1/drops/${drops[0]}`)).status === 200,
        BACK,
      ),
    ]);
    expect(ready.status).toBe(200);
  }, 300_000);

  it('shows no password to other users of this machine', () => {
    const secrets = Object.values(
      JSON.parse(readFileSync(join(dataDir, 'secrets.json'), 'utf8')) as object,
    ).flat() as string[];
    const commands = processTable().map(({ command }) => command);
    expect(commands.filter((command) => secrets.some((secret) => command.includes(secret)))).toEqual([]);
    expect(secrets.filter((secret) => product.output().includes(secret))).toEqual([]);
  });

  it('has servers that serve only who knows the password: other users of the machine reach loopback, too', async () => {
    const { kafkaPassword, connectPassword } = JSON.parse(
      readFileSync(join(dataDir, 'secrets.json'), 'utf8'),
    ) as Passwords;
    const broker = componentOf('kafka').address;
    const asks = (password: string) => queryBroker({ broker, security: ownListener(password).security });
    await expect(queryBroker({ broker })).rejects.toThrow('it may want a login');
    await expect(asks('a wrong one')).rejects.toThrow('it refuses the login holdfast by PLAIN');
    await waitFor('an answer to the right one', async () => (await asks(kafkaPassword)).brokers === 1, BACK);
    const { address } = componentOf('connect');
    const status = async (login: string) =>
      (await callConnect(address.replace('//', `//${login}`), '/connectors/holdfast-cdc/config')).status;
    expect(await status('')).toBe(401);
    expect(await status('holdfast:wrong@')).toBe(401);
    expect(await status(`holdfast:${connectPassword}@`)).toBe(200);
  });

  it('keeps the passwords of its servers in files for the owner alone', () => {
    const secret = ['kafka/server.properties', 'kafka/client.properties', 'connect/worker.properties'];
    for (const name of [...secret, 'connect/rest.logins', 'connect/rest.jaas'])
      expect(statSync(join(dataDir, name)).mode & 0o077).toBe(0);
  });

  it('refuses a second product on its folder, in either mode', async () => {
    for (const mode of ['cluster', 'standalone'] as const) {
      const refused = await startRefused({ mode, dataDir });
      expect(refused).toMatchObject({
        code: 1,
        output: expect.stringContaining('in use by another Holdfast'),
      });
    }
    expect(await dropsOf(product)).toEqual(drops);
  });

  it.each(KILLED)(
    'starts %s again after kill -9, and says so',
    async (name) => {
      const pid = pidOf(name);
      sendSignal(pid, 'SIGKILL');
      await waitFor(`${name} to be back`, () => pidOf(name) !== pid, BACK);
      await waitFor(`${name} to be up`, async () => (await stateOf(product, name)) === 'up', BACK);
      const words =
        name === 'postgres'
          ? 'PostgreSQL is running again'
          : `(pid ${pid}) ended with signal SIGKILL; starting it again`;
      await waitFor(`it to say: ${words}`, () => product.output().includes(words));
    },
    200_000,
  );

  it('has each change in the audit once, when accounts, then inventory, are killed between the change and the chain', async () => {
    const owner = await StaffClient.newOwner(product);
    await owner.stepUp();
    const lab = {
      owner,
      dropId: drops[0]!,
      databaseUrl: superuserUrl(dataDir),
      merchantId: (await owner.send('GET', '/v1/admin/merchant')).body.id as string,
      killAll: (service: string) => [1, 2].forEach((n) => sendSignal(pidOf(`${service}-${n}`), 'SIGKILL')),
      untilAllUp: () => untilAllUp(product),
    };
    await chainedSince(lab, 0);
    for (const killedBetween of [killAccountsBeforeChaining, killInventoryBeforeMarking]) {
      const seq = await newestSeq(owner);
      const changes = await killedBetween(lab);
      expect((await chainedSince(lab, seq)).sort()).toEqual(changes.sort());
    }
    const file = join(dataDir, 'audit.ndjson');
    const headers = { authorization: `Bearer ${owner.token}` };
    const answer = await fetch(`${product.url}/v1/admin/audit/export`, { headers });
    writeFileSync(file, await answer.text());
    expect((await product.cli('audit', 'verify', file)).json).toMatchObject({ ok: true });
  }, 400_000);

  it('goes on without Kafka and Connect, says that they are away, and has them back', async () => {
    const killed = ['kafka', 'connect'].map((name) => [name, pidOf(name)] as const);
    for (const [, pid] of killed) sendSignal(pid, 'SIGKILL');
    // It may be back before the command has looked: then it is killed again.
    await waitFor(
      'kafka to be down',
      async () => {
        const pid = pidOf('kafka');
        if (pid !== null) sendSignal(pid, 'SIGKILL');
        return (await stateOf(product, 'kafka')) === 'down';
      },
      BACK,
    );
    expect(await dropsOf(product)).toEqual(drops);
    for (const [name, pid] of killed) await waitFor(`${name} to be back`, () => pidOf(name) !== pid, BACK);
    await untilAllUp(product);
  }, 300_000);

  it('makes a slot again that somebody dropped', async () => {
    await onDatabase(superuserUrl(dataDir), async (db) => {
      await waitFor('the slot is dropped', async () => {
        await dropSlot(db, SLOT);
        return true;
      });
      const isRead = async () =>
        (await db.query('SELECT FROM pg_replication_slots WHERE slot_name = $1 AND active', [SLOT])).rowCount;
      await waitFor('the new slot is read', isRead, BACK);
    });
    await untilAllUp(product);
  }, 300_000);

  it('tells the truth about what is stopped and answers nothing', async () => {
    const names = ['checkout-1', 'redis'];
    try {
      // On a busy machine others, too, may answer late now and then, until the launcher has replaced one that is stopped.
      await waitFor(
        'just those to be down',
        async () => {
          for (const name of names) sendSignal(pidOf(name), 'SIGSTOP');
          const down = (await topology(product)).filter(({ state }) => state === 'down');
          return down.map(({ name }) => name).join() === names.join();
        },
        BACK,
      );
    } finally {
      for (const name of names) sendSignal(pidOf(name), 'SIGCONT');
    }
    await untilAllUp(product);
  }, 200_000);

  it('kills a service that runs and answers nothing, and starts another; nobody waits for it without end', async () => {
    const hung = ['gateway-1', 'inventory-2'].map((name) => [name, pidOf(name)] as const);
    for (const [, pid] of hung) sendSignal(pid, 'SIGSTOP');
    const waits: number[] = [];
    const statuses = new Set<number>();
    // Each with a token of its own: nginx sends them to both gateways.
    const asking = Array.from({ length: 8 }, async (_, i) => {
      const began = performance.now();
      const answer = await fetch(`${product.url}/v1/drops/${drops[0]}`, {
        headers: { authorization: `Bearer nobody-${i}` },
      });
      await answer.text();
      statuses.add(answer.status);
      waits.push(performance.now() - began);
    });
    await Promise.all(asking);
    expect([...statuses].filter((status) => ![200, 401, 503].includes(status))).toEqual([]);
    expect(unloaded(Math.max(...waits))).toBeLessThan(12_000);
    for (const [name, pid] of hung) await waitFor(`another ${name}`, () => pidOf(name) !== pid, BACK);
    const words = 'gateway-1 has not responded for 12 s: killing and restarting it';
    await waitFor(`it to say: ${words}`, () => product.output().includes(words));
    await untilAllUp(product);
  }, 300_000);

  it('is ended from elsewhere by npm run cluster:down within 10 s, with nothing left over', async () => {
    const pids = product.pids();
    expect(pids.length).toBeGreaterThan(ALL.length * 2); // each has its lifeline
    const down = () => runTool('cluster-down.mjs', [], { HOLDFAST_DATA_DIR: dataDir });
    const exit = product.exited.then((how) => ({ how, at: Date.now() }));
    const began = Date.now();
    const first = await down();
    expect(first).toMatchObject({ code: 0, stderr: expect.stringContaining('The cluster has stopped') });
    await expectGone(pids);
    const { how, at } = await exit;
    expect(how).toEqual({ code: 0, signal: null });
    console.info(`ended in ${at - began} ms`);
    expect(unloaded(at - began)).toBeLessThan(END_MS);
    expect(existsSync(join(dataDir, 'run.json'))).toBe(false);
    expect(await down()).toMatchObject({ code: 0, stderr: expect.stringContaining('Nothing runs on') });
  }, 60_000);

  it('finds everything again at its next start, leaves nothing behind when it is killed, and goes on from there as the other mode', async () => {
    const ports = () => readFileSync(join(dataDir, 'cluster/ports.json'), 'utf8');
    const before = ports();
    product = await cluster();
    console.info(`later start ${product.startMs} ms`);
    expect(await dropsOf(product)).toEqual(drops);
    expect(ports()).toBe(before);
    expect(product.output()).not.toContain('Formatting the storage');
    const pids = product.pids();
    await product.kill9();
    const alone = await startProduct({ mode: 'standalone', dataDir });
    expect(await dropsOf(alone)).toEqual(drops);
    expect(alone.output()).toContain(`Dropped ${SLOT}`);
    expect(await slots(runState().databaseUrl)).toEqual([expect.stringContaining('holdfast_native_')]);
    await alone.stop();
    await expectGone(pids, 15_000);
  }, 400_000);

  it('goes back to its mode, and ends at Ctrl-C, also when it is pressed twice', async () => {
    product = await cluster('npm');
    expect(product.output()).toContain('Dropped holdfast_native_');
    expect(await slots(runState().databaseUrl)).toEqual([SLOT]);
    expect((await product.cli('verify')).code).toBe(0);
    const pids = product.pids();
    sendSignal(-product.pid, 'SIGINT');
    await pause(300);
    sendSignal(-product.pid, 'SIGINT');
    const exit = await waitFor('the exit', () => Promise.race([product.exited, pause(50, null)]), {
      deadlineMs: END_MS,
    });
    expect([0, 130, null]).toContain(exit.code);
    await expectGone(pids);
  }, 300_000);
});

describe('a start that is interrupted', () => {
  it('leaves nothing behind', async () => {
    const starting = beginStart({ mode: 'cluster', dataDir });
    await waitFor('the servers to start', () => starting.output().includes('redis'), { deadlineMs: 60_000 });
    const pids = starting.pids();
    sendSignal(starting.pid, 'SIGTERM');
    expect(await starting.untilExit(END_MS)).toEqual({ code: 0, signal: null });
    await expectGone(pids);
    expect(starting.output()).not.toContain('ready at');
  }, 90_000);

  // Only root installs.
  const asRoot = process.getuid?.() === 0 ? it : it.skip;
  asRoot(
    'ends while a program is being installed, too, and nothing goes on with that',
    async () => {
      const path = join(dataDir, 'only-apt');
      mkdirSync(path, { recursive: true });
      for (const name of ['sh', 'sleep', 'cat'])
        symlinkSync(execFileSync('which', [name], { encoding: 'utf8' }).trim(), join(path, name));
      writeFileSync(join(path, 'apt-get'), '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 });
      const starting = beginStart({ mode: 'cluster', env: { PATH: path } });
      await waitFor(
        'the install',
        () =>
          processTable().some(({ pid, command }) => starting.pids().includes(pid) && command === 'sleep 600'),
        { deadlineMs: 20_000 },
      );
      const pids = starting.pids();
      sendSignal(starting.pid, 'SIGTERM');
      expect(await starting.untilExit(END_MS)).toEqual({ code: 0, signal: null });
      await waitFor('no process to be left', () => stillAlive(pids).length === 0, { deadlineMs: 1_000 });
    },
    60_000,
  );

  it('says which program is missing, and how to get it', async () => {
    const refused = await startRefused({
      mode: 'cluster',
      env: { PATH: join(dataDir, 'nowhere'), JAVA_HOME: '' },
    });
    expect(refused.code).toBe(1);
    for (const word of ['redis-server', 'Java 17', 'apt-get install']) expect(refused.output).toContain(word);
    expect(refused.output).not.toContain('    at ');
  }, 60_000);
});
