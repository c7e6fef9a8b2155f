import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  existsSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { unloaded, waitFor } from '@holdfast/testing';
import { processTable, sendSignal, stillAlive } from '../support/processes';
import {
  beginStart,
  newDataDir,
  type Product,
  startProduct,
  startRefused,
  type StartOptions,
} from '../support/product';
import { SOAK } from '../support/seeds';

const END_MS = 10_000;
const GONE_MS = 5_000;

const dropsOf = async (product: Product) => {
  const answer = (await (await fetch(`${product.url}/v1/drops`)).json()) as { items: { id: string }[] };
  return answer.items.map(({ id }) => id);
};
const strays = (dataDir: string) =>
  processTable()
    .filter(({ command, zombie }) => !zombie && command.includes(dataDir))
    .map(({ command }) => command);
const hasFile = (dataDir: string, beginning: string) =>
  existsSync(join(dataDir, 'postgres')) &&
  readdirSync(join(dataDir, 'postgres')).some((name) => name.startsWith(beginning));
const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);

/** Helpers see at once that their parent has ended, but on a busy machine they need a turn to end as well. */
async function expectGone(pids: number[], dataDir: string): Promise<void> {
  const left = () => [...stillAlive(pids), ...strays(dataDir)];
  await waitFor('no process to be left', () => left().length === 0, { deadlineMs: GONE_MS });
}

/** It ends in time with one of the codes, or by the signal, and leaves nothing behind. */
async function expectEnd(product: Product, codes: number[], end: () => unknown): Promise<void> {
  const pids = product.pids();
  expect(pids.length).toBeGreaterThan(4); // npm, the product, the lifeline, PostgreSQL with its helpers
  await end();
  const exit = await waitFor('the exit', () => Promise.race([product.exited, pause(50, null)]), {
    deadlineMs: END_MS,
  });
  expect([exit.signal, ...codes]).toContain(exit.signal ?? exit.code);
  await expectGone(pids, product.dataDir);
}

describe('the start of the product', () => {
  it('makes what is missing, shows the way, and finds everything again at the next start', async () => {
    const dataDir = newDataDir();
    const first = await startProduct({ dataDir, fresh: true });
    const drops = await dropsOf(first);
    expect(drops).toHaveLength(1);
    expect(first.output()).toContain(`${first.url}/d/${drops[0]}`);
    expect(first.output()).toContain('Preparing the ledger');
    for (const file of ['secrets.json', 'run.json']) expect(modeOf(join(dataDir, file))).toBe('600');
    const { components } = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8'));
    expect(components).toMatchObject([
      { name: 'holdfast', kind: 'standalone', pid: first.pid, address: first.url },
      { name: 'postgres', kind: 'postgres', pid: expect.any(Number), version: expect.stringMatching(/^18/) },
    ]);
    expect(await first.stop()).toEqual({ code: 0, signal: null });
    expect(existsSync(join(dataDir, 'run.json'))).toBe(false);

    const second = await startProduct({ dataDir });
    expect(await dropsOf(second)).toEqual(drops);
    const again = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8'));
    expect(again.components[1].address).toBe(components[1].address);
    console.info(`first start ${first.startMs} ms, later start ${second.startMs} ms`);
    await second.stop();
    rmSync(dataDir, { recursive: true });
  });

  it('lets two products run side by side, each with its own folder and port; the one ends at SIGTERM to npm, the other at Ctrl-C, which is SIGINT to its group', async () => {
    const [a, b] = await Promise.all([startProduct({ by: 'npm' }), startProduct({ by: 'npm' })]);
    expect(a!.url).not.toBe(b!.url);
    const [dropsOfA, dropsOfB] = [await dropsOf(a!), await dropsOf(b!)];
    expect(dropsOfA).toHaveLength(1);
    expect(dropsOfA).not.toEqual(dropsOfB);
    await expectEnd(a!, [0], () => sendSignal(a!.pid, 'SIGTERM'));
    expect(await dropsOf(b!)).toEqual(dropsOfB);
    await expectEnd(b!, [0, 130], () => sendSignal(-b!.pid, 'SIGINT'));
  });

  it('goes on when nobody reads what it writes, and ends when its terminal is closed, which is SIGHUP to its group', async () => {
    const product = await startProduct({ by: 'npm', env: { LOG_LEVEL: 'debug' } });
    product.stopReading();
    const refused = async () => {
      const answer = await fetch(`${product.url}/v1/orders`, { signal: AbortSignal.timeout(END_MS) });
      expect(answer.status).toBe(401); // each leaves a line in the log: together more than a pipe holds
      await answer.body?.cancel();
    };
    for (let i = 0; i < 40; i += 1) await Promise.all(Array.from({ length: 20 }, refused));
    await expectEnd(product, [0, 129], () => sendSignal(-product.pid, 'SIGHUP'));
  });
});

describe('the end of the product', () => {
  /** Started by the first of the next tests that runs, ended by the last. */
  let product: Product | undefined;
  const running = async (options: StartOptions = {}) => (product ??= await startProduct(options));

  it('is not disturbed by more signals, and the next start is whole', async () => {
    const signalled = await startProduct({ by: 'npm' });
    await expectEnd(signalled, [0, 130], async () => {
      for (let i = 0; i < 5; i += 1) {
        sendSignal(-signalled.pid, i % 2 === 0 ? 'SIGINT' : 'SIGTERM');
        await pause(5);
      }
    });
    expect(await dropsOf(await running({ dataDir: signalled.dataDir }))).toHaveLength(1);
  });

  it('does not come when another one is started on the same folder: that one is told that it is in use, and by whom', async () => {
    const first = await running();
    const refused = await startRefused({ dataDir: first.dataDir });
    expect(refused.code).toBe(1);
    expect(refused.output).toContain(`in use by another Holdfast (process ${first.pid}, ${first.url})`);
    expect(refused.output).not.toContain('    at ');
    expect(await dropsOf(first)).toHaveLength(1);
  });

  it('comes within 10 s although readers are connected and a request never ends', async () => {
    const ending = await running();
    const [dropId] = await dropsOf(ending);
    const readers = Array.from({ length: 20 }, () => fetch(`${ending.url}/v1/drops/${dropId}/live`));
    for (const reader of readers) expect((await reader).status).toBe(200);
    const half = connect(Number(new URL(ending.url).port), '127.0.0.1');
    half.on('error', () => undefined);
    half.write(
      'POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    );
    const pids = ending.pids();
    const started = Date.now();
    expect(await ending.stop()).toEqual({ code: 0, signal: null });
    expect(unloaded(Date.now() - started)).toBeLessThan(END_MS);
    await expectGone(pids, ending.dataDir);
    half.destroy();
    for (const reader of readers) void (await reader).body?.cancel().catch(() => undefined);
  });

  type Moment = [string, (dataDir: string) => boolean];
  const moments: Moment[] = [
    ['makes the files of PostgreSQL', (dataDir) => hasFile(dataDir, 'data.new.')],
    ['makes its tables', (dataDir) => existsSync(join(dataDir, 'postgres.json'))],
  ];
  const moreMoments: Moment[] = [
    ['has taken its folder', (dataDir) => existsSync(join(dataDir, 'lock.json'))],
    ['starts PostgreSQL', (dataDir) => hasFile(dataDir, 'server.log')],
  ];
  it.each(SOAK ? [...moments, ...moreMoments] : moments)(
    'comes in the middle of the first start, while it %s, and the next start is whole',
    async (_, reached) => {
      const interrupted = async () => {
        const starting = beginStart();
        await waitFor('that moment', () => reached(starting.dataDir), { everyMs: 2, deadlineMs: 60_000 });
        const pids = starting.pids();
        sendSignal(starting.pid, 'SIGTERM');
        expect(await starting.untilExit(END_MS)).toEqual({ code: 0, signal: null });
        await expectGone(pids, starting.dataDir);
        return starting;
      };
      // Whoever stood still in that moment has interrupted nothing, and tries again.
      let starting = await interrupted();
      for (let again = 0; again < 4 && starting.output().includes('ready at'); again += 1)
        starting = await interrupted();
      expect(starting.output()).not.toContain('ready at');
      const whole = await startProduct({ dataDir: starting.dataDir });
      expect(await dropsOf(whole)).toHaveLength(1);
      await whole.stop();
    },
  );
});

describe('a start that must be refused', () => {
  it('is told that the port is taken', async () => {
    const stranger = createServer().listen(0, '127.0.0.1');
    await new Promise((ready) => stranger.once('listening', ready));
    const { port } = stranger.address() as { port: number };
    const refused = await startRefused({ port });
    stranger.close();
    expect(refused.code).toBe(1);
    expect(refused.output).toContain(`port ${port} on 127.0.0.1 is in use`);
    expect(refused.output).not.toContain('    at ');
  });

  it('names every bad variable at once, and never shows a value', async () => {
    const env = {
      PORT: 'http',
      HOLDFAST_DEMO: 'maybe',
      HOLDFAST_PAYMENT_WINDOW: '0',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://root:hunter2@db/x',
    };
    const refused = await startRefused({ env });
    expect(refused.code).toBe(1);
    for (const name of Object.keys(env)) expect(refused.output).toContain(`${name}:`);
    expect(refused.output).not.toContain('hunter2');
    expect(refused.output).not.toContain('    at ');
  });

  it.concurrent.each([
    [
      'limits off on an address that others can reach',
      { HOLDFAST_LIMITS: 'off', HOST: '0.0.0.0' },
      'HOLDFAST_LIMITS',
    ],
    ['a mode that is none', { HOLDFAST_MODE: 'clusters' }, 'HOLDFAST_MODE'],
    ['an address that is not this machine', { HOST: '192.0.2.1', HOLDFAST_LIMITS: 'on' }, 'HOST 192.0.2.1'],
    [
      'a database that nobody serves',
      { DATABASE_URL: 'postgres://me:hunter2@127.0.0.1:1/x' },
      '127.0.0.1:1/x) cannot be used',
    ],
    [
      'a database on a host that is not there',
      { DATABASE_URL: 'postgres://me:hunter2@no.such.host.invalid/x' },
      'no.such.host.invalid:5432/x) cannot be used',
    ],
    ['a setting given twice', { DATABASE_URL: 'postgres://h/x', DATABASE_URL_FILE: '/dev/null' }, 'not both'],
  ])('says why in plain words: %s', async (_, env, words) => {
    const refused = await startRefused({ env });
    expect(refused.code).toBe(1);
    expect(refused.output).toContain(words);
    expect(refused.output).not.toContain('hunter2');
    expect(refused.output).not.toContain('    at ');
  });

  it('does not go on with a data folder that cannot be made, or with damaged secrets', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-refused-'));
    writeFileSync(join(folder, 'file'), '');
    const impossible = await startRefused({ dataDir: join(folder, 'file', 'data') });
    expect(impossible).toMatchObject({ code: 1, output: expect.stringContaining('cannot be written') });
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'data', 'secrets.json'), '{"sessionKey":"hunter2');
    const damaged = await startRefused({ dataDir: join(folder, 'data') });
    expect(damaged).toMatchObject({ code: 1, output: expect.stringContaining('is damaged') });
    expect(damaged.output).not.toContain('hunter2');
    rmSync(folder, { recursive: true });
  });
});
