import type { AddressInfo } from 'node:net';
import net from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Hold, type MerchantDropRead, ServiceUnavailable } from '@holdfast/contracts';
import { waitFor } from '@holdfast/testing';
import { aDrop, DROP_ID, FakeBackend, startEdge } from '../../../../../test/support/fake-edge';
import { LaunchWatcher } from '../../../../../test/support/launch-watcher';
import { LaunchHub } from './launch-hub';

const STATS = {
  asOf: '2026-01-01T00:00:00.000Z',
  items: [],
  holds: { placed: 0, confirmed: 0, released: 0, expired: 0, active: 0 },
  refusals: {},
  currency: 'EUR',
  soldOutAt: null,
  readers: 0,
};

const HOLD: Hold = {
  id: `${DROP_ID}-h1`,
  dropId: DROP_ID,
  customerId: 'cus_1',
  state: 'held',
  lines: [{ sku: 'TEE-M', quantity: 1, price: { amountMinor: 1, currency: 'EUR' } }],
  total: { amountMinor: 1, currency: 'EUR' },
  expiresAt: '2026-01-01T00:05:00.000Z',
  createdAt: '2026-01-01T00:00:00.000Z',
};

class Launch extends FakeBackend {
  read: MerchantDropRead | null = {
    drop: { ...aDrop(), stockDisplay: 'exact', ghostOf: null },
    stock: this.stock,
    readAt: '2026-01-01T00:00:00.000Z',
  };
  readings = 0;
  pages = 0;

  constructor() {
    super();
    Object.assign(this.merchantDrops, { getMerchantDrop: () => Promise.resolve(this.read) });
    Object.assign(this.figures, {
      dropStats: () => Promise.resolve(this.read && STATS),
      recentTicks: () => {
        this.readings += 1;
        return Promise.resolve([]);
      },
    });
    Object.assign(this.checkout, {
      orderStats: () => Promise.resolve({ orders: {}, captured: {}, refunded: {} }),
      orderSeries: () => Promise.resolve([]),
    });
    Object.assign(this.merchantStock, {
      // Without an end.
      listDropHolds: () => {
        this.pages += 1;
        const page = { items: [HOLD], nextCursor: 'more' };
        return new Promise((resolve) => setImmediate(() => resolve(page)));
      },
    });
  }
}

let backend: Launch;
let app: NestFastifyApplication;
let url: string;
const watchers: LaunchWatcher[] = [];

async function start(limits = false) {
  backend = new Launch();
  app = await startEdge(backend, { limits });
  await app.listen(0, '127.0.0.1');
  url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
}
async function watch(token = backend.accounts.token()) {
  const watcher = await LaunchWatcher.open(url, DROP_ID, token);
  watchers.push(watcher);
  return watcher;
}
afterEach(async () => {
  for (const watcher of watchers.splice(0)) watcher.close();
  await app.close();
});

describe('the stream of a launch', () => {
  it('costs one reading a second, however many watch', async () => {
    await start();
    const all = await Promise.all(Array.from({ length: 50 }, () => watch()));
    for (const watcher of all) await watcher.next('snapshot');
    const before = backend.readings;
    const begun = Date.now();
    await waitFor('three more ticks for all', () => all.every((it) => it.of('tick').length >= 3));
    expect(backend.readings - before).toBeLessThanOrEqual((Date.now() - begun) / 1_000 + 2);
    const same = new Set(all.map((it) => JSON.stringify(it.of('tick').slice(-1)[0]!.data.items)));
    expect(same.size).toBe(1);
  });

  it('sends the drop when it has changed, also if no message said so, and ends when it was deleted', async () => {
    await start();
    const watcher = await watch();
    await watcher.next('snapshot');
    backend.read = { ...backend.read!, drop: { ...backend.read!.drop, state: 'paused', revision: 2 } };
    await backend.feed.publish({ kind: 'drop', dropId: DROP_ID, revision: 2 });
    await watcher.next('drop', ({ state, revision }) => state === 'paused' && revision === 2);
    backend.read = { ...backend.read, drop: { ...backend.read.drop, name: 'Other', revision: 3 } };
    await watcher.next('drop', ({ name }) => name === 'Other');
    expect(watcher.of('drop')).toHaveLength(2);
    backend.read = null;
    await backend.feed.publish({ kind: 'drop', dropId: DROP_ID, revision: 4 });
    expect((await watcher.next('end')).data).toEqual({ reason: 'deleted' });
    await waitFor('it is closed', () => watcher.closed);
  });

  it('goes on without the figures, and says that it is stale', async () => {
    await start();
    const watcher = await watch();
    await watcher.next('tick', ({ stale }) => stale === false);
    Object.assign(backend.figures, {
      recentTicks: () => Promise.reject(new ServiceUnavailable('inventory')),
    });
    const { data } = await watcher.next('tick', ({ stale }) => stale === true);
    expect(data).toMatchObject({ items: [{ sku: 'TEE-M', total: 10 }], rates: { arrivals: 0 } });
  });

  it('ends with the access token, with a removed session or key, and when a second factor becomes required', async () => {
    await start();
    const endsSoon = Math.floor(Date.now() / 1_000) + 4; // until then all five have begun, also on a busy machine
    const expires = await watch(backend.accounts.token({ expiresAt: endsSoon }));
    const leaves = await watch(backend.accounts.token({ sessionId: 'ses_1' }));
    const key = backend.accounts.apiKey(['drops:read']);
    const removed = await watch(key);
    const noFactor = await watch();
    const stays = await watch(backend.accounts.token({ mfa: true }));
    for (const it of [expires, leaves, removed, noFactor, stays]) await it.next('snapshot');
    backend.accounts.revoked.push({ kind: 'session', id: 'ses_1' });
    backend.accounts.revoked.push({ kind: 'api-key', id: [...backend.accounts.keys.values()][0]!.id });
    expect((await expires.next('end')).data).toEqual({ reason: 'expired' });
    for (const it of [leaves, removed]) expect((await it.next('end')).data).toEqual({ reason: 'revoked' });
    backend.accounts.merchant = { ...backend.accounts.merchant, requireMfa: true };
    expect((await noFactor.next('end')).data).toEqual({ reason: 'revoked' });
    expect([stays.of('end'), stays.closed]).toEqual([[], false]);
  });

  it('ends within five seconds when nobody can say whether the access was revoked', async () => {
    await start();
    const watcher = await watch();
    await watcher.next('snapshot');
    const before = Date.now();
    backend.accounts.fault = new ServiceUnavailable('accounts is unreachable');
    expect((await watcher.next('end')).data).toEqual({ reason: 'unknown' });
    expect(Date.now() - before).toBeGreaterThan(2_000);
  });

  it('is bounded for a person, and a closed stream makes room', async () => {
    await start(true);
    const token = () => backend.accounts.token();
    const all = await Promise.all(Array.from({ length: 60 }, () => watch(token())));
    expect(all.map(({ status }) => status)).toEqual(all.map(() => 200));
    expect((await watch(token())).status).toBe(429);
    expect((await watch(backend.accounts.token({ staffId: 'stf_2' }))).status).toBe(200);
    all[0]!.close();
    await waitFor('there is room again', async () => (await watch(token())).status === 200);
  });

  it('disconnects a watcher that does not read, and keeps the others', async () => {
    await start();
    // A drop event of a megabyte: more than the kernel takes for a peer that does not read.
    const items = Array.from({ length: 2_000 }, (_, n) => ({
      ...backend.read!.drop.items[0]!,
      sku: `S${n}`,
      name: 'x'.repeat(400),
    }));
    const deaf = net.connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined);
    deaf.pause();
    const head = `GET /v1/admin/drops/${DROP_ID}/live HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${backend.accounts.token()}\r\n\r\n`;
    deaf.write(head);
    const reads = await watch();
    await reads.next('snapshot');
    const hub = app.get(LaunchHub);
    await waitFor('both watch', () => hub.stats().watchers === 2);
    for (let revision = 2; hub.stats().watchers === 2 && revision < 200; revision += 1) {
      backend.read = { ...backend.read!, drop: { ...backend.read!.drop, items, revision } };
      await backend.feed.publish({ kind: 'drop', dropId: DROP_ID, revision });
      await reads.next('drop', (drop) => drop.revision === revision);
    }
    expect([hub.stats().watchers, hub.stats().slowWatchers, reads.closed]).toEqual([1, 1, false]);
    deaf.destroy();
  });

  it('tells watchers to come back when the gateway stops', async () => {
    await start();
    const watcher = await watch();
    await watcher.next('snapshot');
    await app.close();
    await waitFor('the stream is closed', () => watcher.closed);
    expect(watcher.of('end')).toEqual([]);
  });
});

describe('a download', () => {
  it('is cut off when the access of its caller is revoked, and its pages are read no longer', async () => {
    await start();
    const headers = {
      authorization: `Bearer ${backend.accounts.token({ sessionId: 'ses_1' })}`,
      accept: 'text/csv',
    };
    const answer = await fetch(`${url}/v1/admin/drops/${DROP_ID}/holds`, { headers });
    expect(answer.status).toBe(200);
    const body = answer.text().then(
      () => 'whole',
      () => 'cut off',
    );
    await waitFor('pages are read', () => backend.pages > 10);
    backend.accounts.revoked.push({ kind: 'session', id: 'ses_1' });
    expect(await body).toBe('cut off');
    const pages = backend.pages;
    await new Promise((resolve) => setImmediate(resolve));
    expect(backend.pages - pages).toBeLessThan(3);
  });
});
