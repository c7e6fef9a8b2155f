import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort } from '@holdfast/process';
import { createDatabase, dropDatabase, testServerUrl, waitFor } from '@holdfast/testing';
import { Client } from 'pg';
import {
  type ComposeService,
  composeServices,
  makeComposeSecrets,
  withSecretsAt,
} from '../support/compose-files';
import { describeWithGo } from '../support/go';
import { buildImage } from '../support/image';
import { TestRedis } from '../support/redis';
import { REPOSITORY } from '../support/repository';
import { OtherShopper } from '../support/shop-client';
import { StaffClient } from '../support/staff-client';

/** Where the version of Node that the image is on can be had: on it, as in production, while the other tiers run on the one that is here. */
function pathWithNodeOfTheImage(): string {
  const own = process.env['PATH'] ?? '';
  const [, version] = /^FROM node:([\d.]+)-/m.exec(readFileSync(join(REPOSITORY, 'Dockerfile'), 'utf8'))!;
  const where = ['--yes', `--package=node@${version}`, '-c', 'command -v node'];
  const { status, stdout, stderr } = spawnSync('npx', where, { encoding: 'utf8', timeout: FETCH_MS_MAX });
  if (status === 0) return `${dirname(stdout.trim())}:${own}`;
  if (process.env['CI'] === 'true') throw new Error(`Node ${version} cannot be fetched:\n${stderr}`);
  console.warn(`Node ${version} of the image cannot be fetched: this runs on ${process.version}`);
  return own;
}

const FETCH_MS_MAX = 120_000;
const INSTANCES = ['inventory-1', 'checkout-1', 'accounts-1', 'gateway-1'];
const logins: string[] = [];

/**
 * The image, built by its steps as plain commands on the Node that it names, and one instance of each service started from it as docker-compose.yml says, without the
 * profile `cdc`. What cannot be seen here: the base image, users and read-only file systems, names of hosts, published ports.
 */
describeWithGo('the image', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-image-'));
  const app = join(folder, 'image/app');
  const ports = new Map<string, number>();
  const running = new Map<string, { child: ChildProcess; output: () => string }>();
  let services: Record<string, ComposeService>;
  let secrets: string;
  let path: string;
  let redis: TestRedis;
  let databaseUrl: string;

  beforeAll(async () => {
    services = composeServices();
    secrets = makeComposeSecrets(folder);
    path = pathWithNodeOfTheImage();
    // npm's install takes minutes, and was made here from the same lock file: `npm run test:soak` makes it again, as the image does.
    buildImage(folder, { path, linked: process.env['HOLDFAST_SOAK'] !== 'on' });
    redis = await TestRedis.start();
    databaseUrl = await createDatabase('image');
    // These servers run here and not among the containers. The logins are as the file names them.
    const { host, pathname } = new URL(databaseUrl);
    for (const name of readdirSync(secrets).filter((each) => each.endsWith('database-url'))) {
      const file = join(secrets, name);
      const own = Object.assign(new URL(readFileSync(file, 'utf8').trim()), { host, pathname });
      if (name !== 'admin-database-url') logins.push(own.username);
      writeFileSync(file, name === 'admin-database-url' ? databaseUrl : own.href);
    }
    writeFileSync(join(secrets, 'redis-url'), redis.url);
    const taken = new Set<number>();
    for (const name of INSTANCES)
      for (const use of ['', ':ops']) {
        const port = await freePort(taken);
        taken.add(port);
        ports.set(name + use, port);
      }
  }, 600_000);

  afterAll(async () => {
    for (const { child } of running.values()) child.kill('SIGKILL');
    await redis?.stop();
    if (databaseUrl) await dropDatabase(databaseUrl);
    const client = new Client({ connectionString: testServerUrl() });
    await client.connect();
    for (const login of logins) await client.query(`DROP ROLE IF EXISTS ${login}`);
    await client.end();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  /** What the file says, with the names of hosts that only exist among containers replaced. */
  function environmentOf(name: string): Record<string, string> {
    const here = (addresses: string) =>
      addresses
        .split(',')
        .flatMap((address) => ports.get(address.split(':')[0]!) ?? [])
        .map((port) => `127.0.0.1:${port}`)
        .join(',');
    const own = (use: string) => String(ports.get(name + use));
    const replaced: Record<string, (value: string) => string> = {
      KAFKA_BROKERS: () => '127.0.0.1:1',
      INVENTORY_ADDRESSES: here,
      CHECKOUT_ADDRESSES: here,
      ACCOUNTS_ADDRESSES: here,
      HOLDFAST_LISTEN: () => `127.0.0.1:${own('')}`,
      HOLDFAST_OPS_HOST: () => '127.0.0.1',
      HOLDFAST_OPS_PORT: () => own(':ops'),
      HOLDFAST_PUBLIC_ADDRESS: () => `http://127.0.0.1:${ports.get('gateway-1')}`,
      HOLDFAST_AUDIT_DIR: () => join(folder, 'audit'),
      HOST: () => '127.0.0.1',
      PORT: () => String(ports.get('gateway-1')),
    };
    const entries = Object.entries(withSecretsAt(secrets, services[name]!.environment));
    return Object.fromEntries(entries.map(([key, value]) => [key, replaced[key]?.(value) ?? value]));
  }

  const settings = (name: string) => ({
    PATH: path,
    NODE_ENV: 'production',
    HOLDFAST_DATA_DIR: join(folder, 'data'),
    LOG_LEVEL: 'warn',
    ...environmentOf(name),
    ...(name.startsWith('inventory') && { HOLDFAST_DATA_DIR: join(folder, 'inventory') }),
  });

  function run(name: string, more: string[] = []) {
    const { entrypoint, command } = services[name]!;
    const [file, ...args] = [...(entrypoint ?? []), ...(more.length > 0 ? more : (command ?? []))];
    const { status, stdout, stderr } = spawnSync(file!, args, {
      cwd: app,
      env: settings(name),
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  }

  function start(name: string): void {
    const [file, ...args] = services[name]!.command!;
    const child = spawn(file!, args, { cwd: app, env: settings(name), stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (more: string) => (text += more));
    running.set(name, { child, output: () => text });
  }

  /** The health check of the file, asked at the port of this test. */
  function isHealthy(name: string): boolean {
    const [, file, ...args] = services[name]!.health!;
    const own = args.map((arg) => arg.replace('127.0.0.1:8081', `127.0.0.1:${ports.get(`${name}:ops`)}`));
    return spawnSync(file!, own, { cwd: app, env: { PATH: path } }).status === 0;
  }

  it('is on the Node that it names, or says so', () => {
    const { stdout } = spawnSync('node', ['--version'], { env: { PATH: path }, encoding: 'utf8' });
    if (process.env['CI'] === 'true') expect(stdout).toMatch(/^v24\./);
  });

  it('makes secrets, tables, a first drop and the logins, as often as it is asked', () => {
    expect(run('migrate')).toMatchObject({ status: 0 });
    expect(run('migrate')).toMatchObject({ status: 0 });
  });

  it('starts each service by its command, healthy as the file asks, and sells', async () => {
    for (const name of INSTANCES) start(name);
    for (const name of INSTANCES) {
      const healthy = waitFor(`${name} to be healthy`, () => isHealthy(name), {
        deadlineMs: 60_000,
        everyMs: 200,
      });
      await healthy.catch((error: Error) => {
        throw new Error(`${error.message}\n${running.get(name)?.output()}`);
      });
    }
    const { stdout } = run('cli', ['drop', 'list', '--json']);
    const { items } = JSON.parse(stdout) as {
      items: { id: string; state: string; items: { sku: string }[] }[];
    };
    const open = items.find(({ state }) => state === 'open')!;
    await new OtherShopper(`http://127.0.0.1:${ports.get('gateway-1')}`).buy(open.id, open.items[0]!.sku);
  });

  it('gives the first owner a link by the command line', async () => {
    const made = run('cli', ['staff', 'link', '--email', 'owner@holdfast.test', '--json']);
    expect(made).toMatchObject({ status: 0 });
    const { url } = JSON.parse(made.stdout) as { url: string };
    const origin = `http://127.0.0.1:${ports.get('gateway-1')}`;
    expect(url.startsWith(`${origin}/admin/link#token=`)).toBe(true);
    expect((await new StaffClient(origin).useLink(url)).status).toBe(200);
  });

  it('ends each of them in order when its container is stopped', async () => {
    for (const name of [...INSTANCES].reverse()) {
      const { child, output } = running.get(name)!;
      child.kill('SIGTERM');
      const ended = () => child.exitCode !== null && { code: child.exitCode };
      const { code } = await waitFor(`${name} to end`, ended, { deadlineMs: 12_000 });
      expect({ name, code, output: output() }).toMatchObject({ name, code: 0 });
    }
  });
});
