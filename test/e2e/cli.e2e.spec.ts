import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { leastOf, waitFor } from '@holdfast/testing';
import { runCommand } from '../support/command';
import { once } from '../support/once';
import { cleanEnv, MODE, type Product, startProduct } from '../support/product';
import { REPOSITORY } from '../support/repository';

let product: Product;

beforeAll(async () => {
  product = await startProduct();
});

const SHOWN_MS_MAX = 1_000;
const CONCURRENCY = 20;
const KINDS = {
  standalone: ['postgres', 'standalone'],
  cluster: [
    ...['accounts', 'accounts', 'checkout', 'checkout', 'connect', 'gateway', 'gateway'],
    ...['inventory', 'inventory'],
    ...['kafka', 'postgres', 'proxy', 'redis', 'rehearsals'],
  ],
};

interface DropDocument {
  id: string;
  state: string;
  items: { sku: string; stock: { available: number; held: number; sold: number; total: number } }[];
}

interface RushDocument {
  held: number;
  paid: number;
  refused: Record<string, number>;
  errors: number;
  oversold: number;
  lost: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  verify: {
    ok: boolean;
    invariants: { name: string; checked: number; broken: number; examples: unknown[] }[];
  } | null;
}

/** As a process of its own, as a person runs it; what the mode can change is what the command finds, not how it is started. */
function holdfast(...args: string[]) {
  if (MODE === 'cluster') return product.cli(...args);
  return runCommand(args, { HOLDFAST_DATA_DIR: product.dataDir });
}

async function ok<T>(...args: string[]): Promise<T> {
  const { code, json, stderr } = await holdfast(...args);
  if (code !== 0) throw new Error(`holdfast ${args.join(' ')} ended with ${code}: ${stderr}`);
  return json as T;
}

/** For a test that is about something else. */
async function newDrop(...items: string[]): Promise<DropDocument> {
  const how = ['--name', 'Test drop', '--opens-at', 'now', ...items.flatMap((item) => ['--item', item])];
  return (await product.cli('drop', 'create', ...how)).json as DropDocument;
}

async function post(path: string, body: object, headers: Record<string, string> = {}) {
  const answer = await fetch(`${product.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': `k${Math.random()}`, ...headers },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

async function newShopper(): Promise<Record<string, string>> {
  const { body } = await post('/v1/sessions', {});
  return { authorization: `Bearer ${String(body['accessToken'])}` };
}

function databaseUrl(): string {
  return (JSON.parse(readFileSync(join(product.dataDir, 'run.json'), 'utf8')) as { databaseUrl: string })
    .databaseUrl;
}

async function onLedger(statement: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl() });
  await client.connect();
  await client.query(statement);
  await client.end();
}

describe('the command line against a running product', () => {
  it('topology shows every part of the product, all up, with their own process numbers', async () => {
    const ask = () => ok<{ mode: string; components: Record<string, unknown>[] }>('topology');
    const { mode, components } = await waitFor('all parts to be up', async () => {
      const answer = await ask();
      return answer.components.every(({ state }) => state === 'up') && answer;
    });
    expect(mode).toBe(MODE);
    const tree = product.pids();
    expect(components.map(({ kind }) => kind).sort()).toEqual(KINDS[MODE]);
    for (const component of components) {
      expect(component).toMatchObject({
        name: expect.any(String),
        address: expect.any(String),
        state: 'up',
        version: expect.stringMatching(/\d/),
      });
      expect(tree).toContain(component['pid']);
    }
    const reader = components.find(({ kind }) => kind === 'standalone' || kind === 'connect');
    expect(reader!['lag']).toEqual(expect.any(Number));
  });

  it('takes a drop through its life, and shoppers see each step', async () => {
    const items = ['--item', 'TEE=5@29.00', '--item', 'MUG=0@9'];
    const newDraft = () => ok<DropDocument>('drop', 'create', '--name', 'Life', ...items);
    const draft = await newDraft();
    expect(draft).toMatchObject({
      state: 'draft',
      perCustomerLimit: 4,
      holdTtlSeconds: 300,
      items: [
        { sku: 'TEE', price: { amountMinor: 2900, currency: 'EUR' } },
        { sku: 'MUG', stock: { total: 0 } },
      ],
    });
    const shown = async (id: string) => (await fetch(`${product.url}/v1/drops/${id}`)).status;
    expect(await shown(draft.id)).toBe(404);
    const shopper = await newShopper();
    const hold = () => post(`/v1/drops/${draft.id}/holds`, { lines: [{ sku: 'TEE', quantity: 1 }] }, shopper);

    const shownAfterMs = async (turn: number) => {
      const { id } = turn === 0 ? draft : await newDraft();
      expect((await ok<DropDocument>('drop', 'open', id)).state).toBe('open');
      const began = Date.now();
      await waitFor('the drop in the shop', async () => (await shown(id)) === 200);
      return Date.now() - began;
    };
    expect(await leastOf(SHOWN_MS_MAX, shownAfterMs)).toBeLessThan(SHOWN_MS_MAX);
    expect((await hold()).status).toBe(201);
    expect((await ok<DropDocument>('drop', 'pause', draft.id)).state).toBe('paused');
    expect(await hold()).toMatchObject({ status: 409, body: { code: 'drop-not-open' } });
    expect((await ok<DropDocument>('drop', 'resume', draft.id)).state).toBe('open');
    expect((await hold()).status).toBe(201);
    expect((await ok<DropDocument>('drop', 'close', draft.id)).state).toBe('closed');
    expect(await hold()).toMatchObject({ status: 409, body: { code: 'drop-closed' } });

    const again = await holdfast('drop', 'open', draft.id);
    expect(again.code).toBe(1);
    expect(JSON.parse(again.stdout)).toEqual({ error: expect.stringContaining('closed') });
    expect(again.stderr).toContain('closed');
    expect((await ok<DropDocument>('drop', 'show', draft.id)).items[0]!.stock).toMatchObject({
      available: 3,
      held: 2,
      total: 5,
    });
    const listed = await ok<{ items: DropDocument[] }>('drop', 'list');
    expect(listed.items.map(({ id }) => id)).toContain(draft.id);
  });

  once('refuses every action on an unknown drop', async () => {
    const actions = ['show', 'open', 'pause', 'resume', 'close'];
    const answers = await Promise.all(actions.map((action) => holdfast('drop', action, 'dnothere')));
    for (const { code, stdout, stderr } of answers) {
      expect(code).toBe(1);
      expect(JSON.parse(stdout)).toEqual({ error: expect.stringContaining('dnothere') });
      expect(stderr).toContain('dnothere');
    }
  });

  once('sells what it imports', async () => {
    const file = join(product.dataDir, 'products.csv');
    writeFileSync(
      file,
      '\ufeffVariant Price,Handle,Title,Variant SKU,Variant Inventory Qty\r\n12.50,tote,"The ""Tote""",TOTE,3\r\n',
    );
    const { dropId } = await ok<{ dropId: string }>('import', file, '--opens-at', 'now', '--limit', '3');
    const shopper = await newShopper();
    const held = await post(`/v1/drops/${dropId}/holds`, { lines: [{ sku: 'TOTE', quantity: 3 }] }, shopper);
    expect(held).toMatchObject({ status: 201, body: { total: { amountMinor: 3750, currency: 'EUR' } } });
  });

  once(
    'payments shows the one charge of a paid hold in the books of the provider, and none of another',
    async () => {
      const drop = await newDrop('TEE=5@29.00');
      const shopper = await newShopper();
      const { body: hold } = await post(
        `/v1/drops/${drop.id}/holds`,
        { lines: [{ sku: 'TEE', quantity: 2 }] },
        shopper,
      );
      expect(await ok('payments', '--hold', String(hold['id']))).toEqual({ charges: [] });
      const order = await post(
        '/v1/orders',
        { holdId: hold['id'], payment: { method: 'card', token: 'tok_ok' }, email: 'a@example.com' },
        shopper,
      );
      expect(order.status).toBe(201);
      expect(await ok('payments', '--hold', String(hold['id']))).toEqual({
        charges: [
          {
            reference: expect.any(String),
            orderId: order.body['id'],
            state: 'captured',
            amountMinor: 5800,
            refundedMinor: 0,
            refunds: 0,
          },
        ],
      });
    },
  );

  it('rush sells a drop out to real shoppers, to the unit, and verifies it', async () => {
    const drop = await newDrop('A=70@10.00', 'B=50@5.00');
    const rush = await ok<RushDocument>(
      'rush',
      '--drop',
      drop.id,
      '--shoppers',
      '300',
      '--pay',
      '0.5',
      '--seed',
      '7',
    );
    expect(rush).toMatchObject({
      held: 120,
      refused: { 'sold-out': 180 },
      errors: 0,
      oversold: 0,
      lost: 0,
      verify: { ok: true },
    });
    expect(rush.paid).toBeGreaterThan(30);
    expect(rush.paid).toBeLessThan(90);
    expect(rush.p50Ms).toBeLessThanOrEqual(rush.p95Ms);
    expect(rush.p95Ms).toBeLessThanOrEqual(rush.p99Ms);
    const after = await ok<DropDocument>('drop', 'show', drop.id);
    expect(after.items.map(({ stock }) => stock.available)).toEqual([0, 0]);
    expect(after.items.reduce((sum, { stock }) => sum + stock.sold, 0)).toBe(rush.paid);
    const checked = rush
      .verify!.invariants.filter((invariant) => invariant.checked > 0)
      .map(({ name }) => name);
    expect(checked).toEqual(
      expect.arrayContaining([
        'stock-conservation',
        'no-oversell',
        'held-equals-live-holds',
        'sold-equals-confirmed',
        'one-end-per-hold',
        'customer-limit',
        'money-equals-orders',
        'view-equals-ledger',
      ]),
    );
  });

  once('rush tells refusals from errors', async () => {
    const drop = await newDrop('A=100@10.00');
    await ok('drop', 'pause', drop.id);
    expect(await ok<RushDocument>('rush', '--drop', drop.id, '--shoppers', '20')).toMatchObject({
      held: 0,
      refused: { 'drop-not-open': 20 },
      errors: 0,
    });
    await ok('drop', 'resume', drop.id);
    const greedy = await ok<RushDocument>('rush', '--drop', drop.id, '--shoppers', '10', '--units-each', '5');
    expect(greedy).toMatchObject({ held: 0, refused: { 'limit-reached': 10 }, errors: 0 });
    expect((await holdfast('rush', '--drop', 'dnothere', '--shoppers', '1')).code).toBe(1);
  });

  once('rush answers Ctrl-C with what happened so far', async () => {
    const drop = await newDrop('A=1000000@10.00');
    const slow = ['--concurrency', String(CONCURRENCY)];
    const child = spawn(
      process.execPath,
      [
        join(REPOSITORY, 'tools/holdfast.mjs'),
        'rush',
        '--drop',
        drop.id,
        '--shoppers',
        '900000',
        '--json',
        ...slow,
      ],
      {
        cwd: REPOSITORY,
        env: { ...cleanEnv(), HOLDFAST_DATA_DIR: product.dataDir },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    // More than are under way at once: the rush has heard of some of them.
    await waitFor(
      'the first holds',
      async () =>
        ((await product.cli('drop', 'show', drop.id)).json as DropDocument).items[0]!.stock.held >
        CONCURRENCY,
      { deadlineMs: 60_000 },
    );
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    const rush = JSON.parse(stdout) as RushDocument;
    expect(rush.held).toBeGreaterThan(0);
    expect(rush).toMatchObject({ errors: 0, oversold: 0, lost: 0, verify: null });
  });

  once('seed and migrate have nothing to do on a product that runs', async () => {
    const seeded = await ok<{ merchantMade: boolean; demoDropId: string | null }>('seed');
    expect(seeded).toMatchObject({ merchantMade: false, demoDropId: null });
    const before = await ok<{ schemas: { schema: string; applied: string[]; pending: string[] }[] }>(
      'migrate',
      '--status',
    );
    expect(before.schemas.map(({ schema }) => schema)).toEqual(['inventory', 'checkout', 'accounts']);
    expect(before.schemas.flatMap(({ pending }) => pending)).toEqual([]);
    const applied = await ok<{ schemas: { applied: string[] }[] }>('migrate');
    expect(applied.schemas.flatMap((schema) => schema.applied)).toEqual([]);
  });

  it('verify finds a cluster whose run.json is elsewhere where HOST and PORT say, and compares its view', async () => {
    const { hostname, port } = new URL(product.url);
    // As the service `cli` of docker-compose.yml is told.
    const env = { HOLDFAST_MODE: 'cluster', DATABASE_URL: databaseUrl(), HOST: hostname };
    const checked = async (more: Record<string, string>) => {
      const { code, json } = await runCommand(['verify'], {
        ...env,
        ...more,
        HOLDFAST_DATA_DIR: join(product.dataDir, 'nowhere'),
      });
      expect(code).toBe(0);
      const { invariants } = json as NonNullable<RushDocument['verify']>;
      return invariants.find(({ name }) => name === 'view-equals-ledger')!.checked;
    };
    expect(await checked({ PORT: port })).toBeGreaterThan(0);
    expect(await checked({ PORT: '2' })).toBe(0); // nobody is there: that alone is no breach
  });

  it('verify is exit code 1 when the shown counts are not those of the ledger', async () => {
    const drop = await newDrop('A=10@10.00');
    expect((await holdfast('verify')).code).toBe(0);
    // Same version, other counts: the stream carries it, the view rightly ignores it, and the two differ for good.
    await onLedger(`UPDATE inventory.stock SET available = 9, held = 1 WHERE drop_id = '${drop.id}'`);
    const { code, json } = await holdfast('verify');
    expect(code).toBe(1);
    const { ok: sound, invariants } = json as NonNullable<RushDocument['verify']>;
    expect(sound).toBe(false);
    const broken = invariants.filter((invariant) => invariant.broken > 0);
    expect(broken.map(({ name }) => name).sort()).toEqual(['held-equals-live-holds', 'view-equals-ledger']);
    expect(JSON.stringify(broken.map(({ examples }) => examples))).toContain(drop.id);
    await onLedger(`UPDATE inventory.stock SET available = 10, held = 0 WHERE drop_id = '${drop.id}'`);
  });

  once('finds no product after a kill -9, and says how to start one', async () => {
    await product.kill9();
    const { code, stdout, stderr } = await holdfast('verify');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({ error: expect.stringContaining('npm start') });
    expect(stderr).toContain('npm start');
  });
});
