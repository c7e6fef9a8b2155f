import { request } from 'node:http';
import { waitFor } from '@holdfast/testing';
import * as described from '../../apps/gateway/src/entrypoints/http/openapi/schemas';
import { endState, newReaders, openAll, placeHolds, sameVersions } from '../support/live-readers';
import { type Product, startProduct } from '../support/product';
import { makeDrop } from '../support/shop-client';
import { type Answer, Shopper } from '../support/shopper';
import type { SseReader } from '../support/sse';

// What takes a restart of the product is in one file: in cluster mode a start is what takes the time. It ends the cluster that all files share.
const ENV = { HOLDFAST_DEMO: 'off' };
const LINES = [{ sku: 'A', quantity: 1 }];

let product: Product;
let dropId: string;
const readers: SseReader[] = [];

/** A hold and an order with their keys and answers. */
let carl: Shopper;
let hold: Answer<{ id: string }>;
let order: Answer<{ id: string }>;

function reading(n: number): SseReader[] {
  const made = newReaders(product.url, dropId, n);
  readers.push(...made);
  return made;
}

beforeAll(async () => {
  product = await startProduct({ env: ENV });
  dropId = await makeDrop(product, ['A=1000@9.00', 'B=1000@9.00'], '--limit', '1000');
  carl = await Shopper.arrive(product.url);
  hold = await carl.hold(dropId, LINES, 'a-hold');
  order = await carl.order(hold.json.id, 'tok_ok', 'an-order');
  expect([hold.status, order.status]).toEqual([201, 201]);
});

afterAll(async () => {
  for (const reader of readers) reader.close();
  await product.stop();
});

async function startAgain(env: Record<string, string> = ENV): Promise<void> {
  const { dataDir, url } = product;
  product = await startProduct({ dataDir, port: Number(new URL(url).port), env });
}

async function expectSameBytes(): Promise<void> {
  const again = [
    await carl.hold(dropId, LINES, 'a-hold'),
    await carl.order(hold.json.id, 'tok_ok', 'an-order'),
  ];
  expect(again.map(({ text }) => text)).toEqual([hold.text, order.text]);
  for (const { headers } of again) expect(headers.get('idempotent-replayed')).toBe('true');
}

it('readers who come back after kill -9 of the product are shown no older version', async () => {
  const back = reading(50);
  await openAll(back);
  await placeHolds(product.url, dropId, 60);
  await waitFor('counts', async () => {
    const end = await endState(product.url, dropId);
    return back.every((reader) => sameVersions(reader, end));
  });
  await product.kill9();
  await waitFor('all ended', () => back.every(({ ended }) => ended));
  await startAgain();
  await waitFor('all back', async () => {
    const gone = back.filter(({ ended }) => ended);
    await Promise.all(gone.map((reader) => reader.open().catch(() => 0)));
    return back.every(({ ended, events }) => !ended && (events.get('snapshot') ?? 0) >= 2);
  });
  await placeHolds(product.url, dropId, 20);
  await waitFor('the same end', async () => {
    const end = await endState(product.url, dropId);
    return back.every((reader) => sameVersions(reader, end));
  });
  expect(back.flatMap(({ faults }) => faults)).toEqual([]);
});

it('the same key gives the same bytes after kill -9 of the product', () => expectSameBytes());

it('streams end in order when the product is told to end, with a time to come back', async () => {
  const [reader] = reading(1);
  await reader!.open();
  await product.stop();
  await waitFor('end', () => reader!.ended);
});

describe('started again with its limits on, the product', () => {
  beforeAll(() => startAgain({ ...ENV, HOLDFAST_LIMITS: 'on' }));

  it('gives the same bytes for the same key', () => expectSameBytes());

  it('holds limits for customers, and not for the operator’s own load', async () => {
    const fay = await Shopper.arrive(product.url);
    const answers = [];
    // While the machine is slow, some of them come back meanwhile.
    while (answers.length < 200 && answers.at(-1)?.status !== 429)
      answers.push(await fay.hold('d0000000', LINES));
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.slice(0, 30).map(({ status }) => status)).toEqual(new Array(30).fill(404));
    expect(refused).toHaveLength(1);
    expect(refused[0]!.json).toMatchObject({ code: 'quota-exceeded' });
    expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answers[0]!.headers.get('ratelimit')).toMatch(/^"customer";r=29;t=\d+$/);
    expect(answers[0]!.headers.get('ratelimit-policy')).toBe('"customer";q=30;w=60');
    const { code, json } = await product.cli('rush', '--drop', dropId, '--shoppers', '60');
    expect({ code, json }).toMatchObject({ code: 0, json: { held: 60, errors: 0 } });
  });

  /** Many sessions of one address hold 48 units; four more are too many for it, whoever asks, and not for its neighbour. */
  it('lets one network have 50 units', async () => {
    const sold = await makeDrop(product, ['A=500@1.00']);
    const lines = [{ sku: 'A', quantity: 4 }];
    const crowd = await Promise.all(Array.from({ length: 14 }, () => Shopper.arrive(product.url)));
    const first = await crowd[0]!.hold(sold, lines, 'again');
    const others = await Promise.all(crowd.slice(1, 12).map((shopper) => shopper.hold(sold, lines)));
    expect([first, ...others].map(({ status }) => status)).toEqual(new Array(12).fill(201));
    const refused = await crowd[12]!.hold(sold, lines);
    expect(refused.json).toMatchObject({ status: 409, code: 'limit-reached', limitOf: 'network' });
    described.problem.parse(refused.json);
    const replay = await crowd[0]!.hold(sold, lines, 'again');
    expect([replay.status, replay.text]).toEqual([201, first.text]);
    expect(await holdFrom('127.0.0.2', crowd[13]!, sold, lines)).toBe(201);
    await crowd[0]!.ask(`/v1/holds/${first.json.id}`, { method: 'DELETE' });
    expect((await crowd[12]!.hold(sold, lines)).status).toBe(201);
  });

  it('leaves the ledger as it should be', async () => {
    const { code, json } = await product.cli('verify');
    expect({ code, ok: (json as { ok: boolean }).ok }).toEqual({ code: 0, ok: true });
  });
});

function holdFrom(localAddress: string, shopper: Shopper, drop: string, lines: unknown): Promise<number> {
  const headers = {
    authorization: `Bearer ${shopper.token}`,
    'idempotency-key': shopper.newKey(),
    'content-type': 'application/json',
  };
  return new Promise((resolve, reject) => {
    const url = `${shopper.url}/v1/drops/${drop}/holds`;
    const sent = request(url, { method: 'POST', localAddress, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode!);
    });
    sent.once('error', reject).end(JSON.stringify({ lines }));
  });
}
