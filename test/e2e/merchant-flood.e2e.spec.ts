import { randomUUID } from 'node:crypto';
import { waitFor } from '@holdfast/testing';
import { Client } from '../support/attack/client';
import { type Product, startProduct } from '../support/product';
import { StaffClient } from '../support/staff-client';

// One process, limits on. The quota of holds is small, because the test is on the same machine and cannot send thousands a second.
const env = { HOLDFAST_DEMO: 'off', HOLDFAST_LIMITS: 'on', HOLDFAST_MERCHANT_QUOTAS: 'holds=20' };
const price = { amountMinor: 900, currency: 'EUR' };
const SAMPLES = 30;

interface Shop {
  staff: Record<string, string>;
  dropId: string;
}

let product: Product;
let flooding: Shop;
let other: Shop;

async function newShop(name: string): Promise<Shop> {
  const { merchantId } = (await product.cli('merchant', 'create', '--name', name)).json as {
    merchantId: string;
  };
  const email = `${randomUUID()}@shop.example`;
  const added = await product.cli(
    'staff',
    'add',
    '--email',
    email,
    '--role',
    'owner',
    '--merchant',
    merchantId,
  );
  const client = new StaffClient(product.url);
  await client.useLink((added.json as { inviteUrl: string }).inviteUrl);
  const made = await client.send('POST', '/v1/admin/drops', dropOf(1));
  const dropId = made.body.id as string;
  expect((await client.send('POST', `/v1/admin/drops/${dropId}/open`)).status).toBe(200);
  return { staff: { authorization: `Bearer ${client.token}` }, dropId };
}

const dropOf = (skus: number) => ({
  name: 'Mugs',
  perCustomerLimit: 10_000,
  items: Array.from({ length: skus }, (_, i) => ({ sku: `S-${i}`, total: 1_000_000, name: 'Mug', price })),
});

const place = (client: Client, dropId: string, token: string) =>
  client.send(
    'POST',
    `/v1/drops/${dropId}/holds`,
    { authorization: `Bearer ${token}`, 'idempotency-key': randomUUID() },
    { lines: [{ sku: 'S-0', quantity: 1 }] },
  );

/** Until it is stopped, 36 clients of the staff and 4 shoppers call for the first merchant without a pause. */
function flood() {
  let stopped = false;
  const counts: Record<'staff' | 'shoppers', Record<number, number>> = { staff: {}, shoppers: {} };
  const staffMs: number[] = [];
  const clients = Array.from({ length: 4 }, (_, i) => new Client(product.url, `127.0.0.${20 + i}`, 10));
  const add = (kind: keyof typeof counts, status: number) =>
    (counts[kind][status] = (counts[kind][status] ?? 0) + 1);
  const staff = async (client: Client) => {
    while (!stopped) {
      const from = performance.now();
      add('staff', (await client.send('POST', '/v1/admin/drops', flooding.staff, dropOf(1))).status);
      staffMs.push(performance.now() - from);
    }
  };
  const shoppers = async (client: Client) => {
    while (!stopped) {
      // A customer may place 30 a minute.
      const token = await client.session();
      for (let n = 0; n < 30 && !stopped; n += 1)
        add('shoppers', (await place(client, flooding.dropId, token)).status);
    }
  };
  const callers = clients.flatMap((client) => [
    ...Array.from({ length: 9 }, () => staff(client)),
    shoppers(client),
  ]);
  const stop = async () => {
    stopped = true;
    await Promise.all(callers);
    for (const client of clients) client.close();
    return { counts, staffMs: quantile(staffMs, 0.5) };
  };
  return { stop, counts };
}

/** How long the other merchant's staff and shoppers wait for an answer, in ms: the median. Every one is served. */
async function waitsOfOthers() {
  const client = new Client(product.url, '127.0.0.9');
  const ms: Record<'staff' | 'shoppers', number[]> = { staff: [], shoppers: [] };
  const timed = async (kind: keyof typeof ms, status: number, send: () => Promise<{ status: number }>) => {
    const from = performance.now();
    expect((await send()).status).toBe(status);
    ms[kind].push(performance.now() - from);
  };
  for (let n = 0; n < SAMPLES; n += 1) {
    const token = await client.session();
    await timed('staff', 200, () => client.send('GET', `/v1/admin/drops/${other.dropId}`, other.staff));
    await timed('staff', 201, () => client.send('POST', '/v1/admin/drops', other.staff, dropOf(1)));
    // Fewer holds than the quota of a second, however fast the machine is.
    if (n % 2 === 0) continue;
    await timed('shoppers', 200, () => client.send('GET', `/v1/drops/${other.dropId}`));
    await timed('shoppers', 201, () => place(client, other.dropId, token));
  }
  client.close();
  return { staff: quantile(ms.staff, 0.5), shoppers: quantile(ms.shoppers, 0.5) };
}

function quantile(values: number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * share)]!;
}

describe('a merchant that floods the product', () => {
  beforeAll(async () => {
    product = await startProduct({ mode: 'standalone', env });
    flooding = await newShop('Flood');
    other = await newShop('Other');
  }, 120_000);

  it('makes its own staff wait for one another, and others for little', async () => {
    const quiet = await waitsOfOthers();
    const attack = flood();
    const flooded = await waitsOfOthers();
    const { staff, shoppers } = attack.counts;
    const many = (count = 0) => count > 5;
    await waitFor(
      'it to be served what it may have, and refused the rest of its places',
      () => staff[201]! > 50 && many(shoppers[201]) && many(shoppers[429]),
      { deadlineMs: 30_000 },
    );
    const { counts, staffMs } = await attack.stop();
    const told = JSON.stringify({ quiet, flooded, staffMs, counts });
    console.log(told);
    // Others find the processors busy; they stand in no line of the one who floods.
    expect(flooded.staff / staffMs).toBeLessThan(0.4);
    expect(flooded.shoppers / staffMs).toBeLessThan(0.4);
  }, 120_000);
});
