import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { waitFor } from '@holdfast/testing';
import { type Product, startProduct } from '../support/product';
import { LostAnswers } from '../support/proxy/lost-answers';
import { makeDrop, OtherShopper, readDrop } from '../support/shop-client';
import { type StaffAnswer, StaffClient } from '../support/staff-client';

let product: Product;
let owner: StaffClient;
let stranger: StaffClient;

beforeAll(async () => {
  product = await startProduct({ env: { HOLDFAST_DEMO: 'off' } });
  owner = await StaffClient.newOwner(product);
  const { merchantId } = (await product.cli('merchant', 'create', '--name', 'Other')).json as {
    merchantId: string;
  };
  const email = `${randomUUID()}@other.example`;
  await product.cli('staff', 'add', '--email', email, '--role', 'owner', '--merchant', merchantId);
  stranger = await StaffClient.byLink(product, email);
});

const shopper = () => new OtherShopper(product.url);
const outline = ({ status, body }: StaffAnswer) => [status, body.code, body.errors?.[0]?.pointer];
const key = () => ({ 'idempotency-key': randomUUID() });

async function csv(path: string): Promise<{ type: string | null; rows: string[] }> {
  const headers = { authorization: `Bearer ${owner.token}`, accept: 'text/csv' };
  const answer = await fetch(product.url + path, { headers });
  expect(answer.status).toBe(200);
  return { type: answer.headers.get('content-type'), rows: (await answer.text()).split('\r\n') };
}

/** What is another merchant's is answered as what does not exist, byte for byte but for the ids. */
async function isNobodys(method: string, path: (id: string) => string, id: string, body?: object) {
  const unknown = id.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  const answers = [];
  for (const asked of [id, unknown]) {
    const { status, body: problem } = await stranger.send(method, path(asked), body, body ? key() : {});
    delete problem.traceId;
    answers.push([status, JSON.stringify(problem).replaceAll(asked, 'ID')]);
  }
  expect(answers[0]![0]).toBe(404);
  expect(answers[0]).toEqual(answers[1]);
}

describe('the stock of a drop', () => {
  it('is adjusted once for a key, seen by shoppers, and listed with who did it', async () => {
    const dropId = await makeDrop(product, ['A=10@5.00']);
    const path = `/v1/admin/drops/${dropId}/stock-adjustments`;
    const adjust = (body: object, headers: Record<string, string> = key()) =>
      owner.send('POST', path, { sku: 'A', delta: 5, reason: 'found a box', ...body }, headers);
    expect(outline(await adjust({}, {}))).toEqual([400, 'idempotency-key-required', undefined]);
    for (const body of [
      { sku: '' },
      { delta: 0 },
      { delta: 1.5 },
      { reason: '' },
      { reason: 'x'.repeat(501) },
    ])
      expect(outline(await adjust(body))).toEqual([400, 'invalid-request', `/${Object.keys(body)[0]}`]);
    expect(outline(await adjust({ more: 1 }))).toEqual([400, 'invalid-request', '/more']);
    expect(outline(await adjust({ sku: 'B' }))).toEqual([400, 'invalid-request', '/sku']);
    expect(outline(await adjust({ delta: 100_000_000 }))).toEqual([400, 'invalid-request', '/delta']);
    expect(outline(await adjust({ delta: -11 }))).toEqual([409, 'stock-below-committed', undefined]);

    const same = key();
    const answers = await Promise.all(Array.from({ length: 20 }, () => adjust({}, same)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('idempotent-replayed') === null)).toHaveLength(1);
    expect(outline(await adjust({ delta: 6 }, same))).toEqual([422, 'idempotency-key-reused', undefined]);
    const { body: first } = answers[0]!;
    expect(first).toMatchObject({
      sku: 'A',
      delta: 5,
      reason: 'found a box',
      actor: { kind: 'staff', label: expect.stringMatching(/^owner-/) },
      stock: { total: 15, available: 15, held: 0, sold: 0, stale: false },
    });
    await waitFor('shoppers see it', async () => {
      const { items } = await readDrop(product.url, dropId);
      return items[0]!.stock.available === 15 && items[0]!.stock.version === first.stock.version;
    });
    const second = await adjust({ delta: -1 });
    expect((await owner.send('GET', path)).body).toEqual({ items: [first, second.body], nextCursor: null });

    await isNobodys('GET', (id) => `/v1/admin/drops/${id}/stock-adjustments`, dropId);
    const body = { sku: 'A', delta: 1, reason: 'mine' };
    await isNobodys('POST', (id) => `/v1/admin/drops/${id}/stock-adjustments`, dropId, body);
    await product.cli('drop', 'close', dropId);
    expect(outline(await adjust({}))).toEqual([409, 'invalid-transition', undefined]);
    expect((await adjust({}, same)).status).toBe(201);
  });
});

describe('the holds of a drop', () => {
  it('are listed and sent as CSV, and released by staff with a reason', async () => {
    const dropId = await makeDrop(product, ['A=300@5.00', '@B=10@1.00'], '--limit', '300');
    const ann = shopper();
    const held = await ann.hold(dropId, '@B', 2);
    for (let n = 0; n < 7; n += 1) await ann.hold(dropId, 'A');
    const path = `/v1/admin/drops/${dropId}/holds`;
    const page = await owner.send('GET', `${path}?limit=5&state=held`);
    expect([page.body.items.length, typeof page.body.nextCursor]).toEqual([5, 'string']);
    const next = await owner.send('GET', `${path}?limit=5&cursor=${page.body.nextCursor}`);
    expect([next.body.items.length, next.body.nextCursor]).toEqual([3, null]);
    const { type, rows } = await csv(`${path}?limit=1`);
    expect(type).toContain('text/csv');
    expect([rows[0]!.startsWith('id,dropId,customerId,state,sku,'), rows.length]).toEqual([true, 10]);
    expect(rows.find((row) => row.startsWith(held.id))).toContain(`,held,'@B,2,100,EUR,`);

    const release = (body: unknown, headers = {}) =>
      owner.send('POST', `/v1/admin/holds/${held.id}/release`, body, headers);
    expect(outline(await release({}))).toEqual([400, 'invalid-request', '/reason']);
    const same = key();
    const released = await release({ reason: 'a bot' }, same);
    expect(released).toMatchObject({ status: 200, body: { id: held.id, state: 'released' } });
    const again = await release({ reason: 'a bot' }, same);
    expect(again.body).toEqual(released.body);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(outline(await release({ reason: 'no' }, same))).toEqual([
      422,
      'idempotency-key-reused',
      undefined,
    ]);
    expect((await release({ reason: 'once more' })).status).toBe(200);
    expect((await owner.send('GET', `${path}?state=released`)).body.items).toEqual([released.body]);
    expect(outline(await owner.send('GET', `${path}?state=gone`))).toEqual([
      400,
      'invalid-request',
      '/state',
    ]);

    await isNobodys('GET', (id) => `/v1/admin/drops/${id}/holds`, dropId);
    await isNobodys('POST', (id) => `/v1/admin/holds/${id}/release`, held.id, { reason: 'mine' });
  });
});

describe('the orders of a merchant', () => {
  it('are listed, found and sent as CSV, every line of every order', async () => {
    const dropId = await makeDrop(product, ['-A=500@5.00', 'B=10@1.00'], '--limit', '500');
    const email = `=${randomUUID()}@example.org`;
    const ann = shopper();
    await ann.buy(dropId, '-A', 2, email);
    for (let n = 0; n < 3; n += 1) await ann.buy(dropId, 'B');
    const path = `/v1/admin/drops/${dropId}/orders`;
    const all = await waitFor('all orders are listed', async () => {
      const answer = await owner.send('GET', path);
      return answer.body.items.length === 4 ? answer : null;
    });
    const [found] = (await owner.send('GET', `${path}?q=${encodeURIComponent(email.slice(0, 20))}`)).body
      .items;
    expect(found).toMatchObject({ email, dropId, state: 'paid', lines: [{ sku: '-A', quantity: 2 }] });
    expect(found).toEqual(all.body.items[3]);
    for (const q of [found.id, found.customerId, found.id.slice(0, -3), email.toUpperCase()]) {
      const { body } = await owner.send('GET', `/v1/admin/orders?q=${encodeURIComponent(q)}`);
      expect(body.items.map(({ id }: { id: string }) => id)).toContain(found.id);
    }
    for (const q of ['%', '_', '=%', 'nobody'])
      expect((await owner.send('GET', `${path}?q=${encodeURIComponent(q)}`)).body.items).toEqual([]);
    expect((await owner.send('GET', `${path}?state=failed`)).body.items).toEqual([]);
    expect((await owner.send('GET', `/v1/admin/orders?dropId=${dropId}&limit=3`)).body.items).toEqual(
      all.body.items.slice(0, 3),
    );
    expect((await owner.send('GET', `/v1/admin/orders/${found.id}`)).body).toEqual(found);

    const { rows } = await csv(path);
    expect(rows).toHaveLength(6);
    const row = rows.find((it) => it.startsWith(found.id))!;
    expect(row).toContain(`,paid,'${email},${found.customerId},'-A,2,500,EUR,1000,sandbox,`);
    expect((await csv(`/v1/admin/orders/${found.id}`)).rows).toEqual([rows[0], row, '']);
    expect((await csv(`/v1/admin/orders?dropId=${dropId}&limit=1`)).rows.slice(1).sort()).toEqual(
      rows.slice(1).sort(),
    );

    await isNobodys('GET', (id) => `/v1/admin/drops/${id}/orders`, dropId);
    await isNobodys('GET', (id) => `/v1/admin/orders/${id}`, found.id);
    expect((await stranger.send('GET', `/v1/admin/orders?dropId=${dropId}`)).body.items).toEqual([]);
    expect((await stranger.send('GET', `/v1/admin/orders?q=${found.id}`)).body.items).toEqual([]);
  });
});

describe('a change whose answer is lost', () => {
  let merchant: StaffClient;
  let proxy: LostAnswers;

  beforeAll(async () => {
    const made = await product.cli('merchant', 'create', '--name', 'Lost answers');
    const { merchantId } = made.json as { merchantId: string };
    const email = `${randomUUID()}@lost.example`;
    await product.cli('staff', 'add', '--email', email, '--role', 'owner', '--merchant', merchantId);
    merchant = await StaffClient.byLink(product, email);
    await merchant.stepUp();
    proxy = await LostAnswers.start(product.url);
  });
  afterAll(() => proxy.stop());

  interface Raw {
    status: number;
    text: string;
    replayed: string | undefined;
  }

  /** Without `fetch`, which chooses connection and host by itself: the host stands in links. */
  function post(origin: string, path: string, body: string, headers: Record<string, string>): Promise<Raw> {
    return new Promise((resolve, reject) => {
      const asked = request(origin + path, { method: 'POST', agent: false, headers }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => (text += part));
        answer.on('error', reject).on('end', () => {
          const replayed = answer.headers['idempotent-replayed'] as string | undefined;
          resolve({ status: answer.statusCode!, text, replayed });
        });
      });
      asked.on('error', reject).end(body);
    });
  }

  /** Sends a change, loses its answer and repeats it with the same key. Returns the answer. */
  async function repeated(path: string, body: object | string = {}): Promise<Record<string, string>> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const headers = {
      ...key(),
      authorization: `Bearer ${merchant.token}`,
      host: new URL(product.url).host,
      'content-type': typeof body === 'string' ? 'text/csv' : 'application/json',
      'accept-encoding': 'identity',
    };
    const before = proxy.bodies.length;
    await expect(post(proxy.url.replace(/\/$/, ''), path, text, headers)).rejects.toThrow(/hang up|reset/i);
    expect(proxy.bodies).toHaveLength(before + 1);
    for (let n = 0; n < 2; n += 1) {
      const again = await post(product.url, path, text, headers);
      expect([path, again.text]).toEqual([path, proxy.bodies[before]]);
      expect([path, Math.floor(again.status / 100), again.replayed]).toEqual([path, 2, 'true']);
    }
    return JSON.parse(proxy.bodies[before]!) as Record<string, string>;
  }

  it('happens once, and the same key gives the bytes that were lost', async () => {
    await repeated('/v1/admin/staff', { email: `${randomUUID()}@lost.example`, name: 'Ann', role: 'viewer' });
    await repeated('/v1/admin/api-keys', { name: 'Till', scopes: ['drops:read'] });
    const price = { amountMinor: 500, currency: 'EUR' };
    await repeated('/v1/admin/products', { name: 'Mug', skus: [{ sku: 'MUG', name: 'Mug', price }] });
    await repeated(
      '/v1/admin/products/import',
      'Handle,Title,Variant SKU,Variant Price,Variant Inventory Qty\ncup,Cup,CUP,3.00,5\n',
    );
    const { id } = await repeated('/v1/admin/drops', { name: 'Lost', items: [{ sku: 'MUG', total: 10 }] });
    const drop = `/v1/admin/drops/${id}`;
    await repeated(`${drop}/schedule`, { opensAt: new Date(Date.now() + 3_600_000).toISOString() });
    await repeated(`${drop}/open`);
    await repeated(`${drop}/stock-adjustments`, { sku: 'MUG', delta: 5, reason: 'found a box' });
    const hold = await shopper().hold(id!, 'MUG', 2);
    await repeated(`/v1/admin/holds/${hold.id}/release`, { reason: 'a bot' });
    await repeated(`${drop}/pause`);
    await repeated(`${drop}/resume`);
    await repeated(`${drop}/duplicate`);
    await repeated(`${drop}/close`);

    const { items } = (await merchant.send('GET', drop)).body;
    expect(items[0].stock).toMatchObject({ total: 15, available: 15, held: 0 });
    const recorded = async () =>
      ((await merchant.send('GET', '/v1/admin/audit?limit=200')).body.items as { action: string }[]).map(
        ({ action }) => action,
      );
    await waitFor('the last record', async () => (await recorded()).includes('drop.closed'));
    const actions = await recorded();
    // `product.imported` is the record of the import.
    for (const action of [
      ...['key.created', 'product.created', 'product.imported', 'stock.adjusted', 'hold.released'],
      ...['created', 'scheduled', 'opened', 'paused', 'resumed', 'duplicated', 'closed'].map(
        (it) => `drop.${it}`,
      ),
    ])
      expect([action, actions.filter((it) => it === action).length]).toEqual([action, 1]);
    // The owner and Ann.
    expect(actions.filter((action) => action === 'staff.invited')).toHaveLength(2);
    expect((await merchant.send('GET', '/v1/admin/staff')).body.items).toHaveLength(2);
  });
});
