import { JwtService } from '@nestjs/jwt';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Network, PlaceOutcome } from '@holdfast/contracts';
import { SecurityEvents } from '@holdfast/observability';
import { DROP_ID, FakeBackend, SECRETS, startEdge } from '../../../../../../test/support/fake-edge';

let app: NestFastifyApplication;
let backend: FakeBackend;
let token: string;

async function start(limits = true): Promise<void> {
  backend = new FakeBackend();
  app = await startEdge(backend, { limits });
  token = (await app.inject({ method: 'POST', url: '/v1/sessions' })).json<{ accessToken: string }>()
    .accessToken;
}

afterEach(() => app.close());

const pass = () =>
  new JwtService({}).sign(
    { typ: 'operator' },
    { secret: SECRETS.operatorKey, issuer: 'holdfast', audience: 'operator', expiresIn: 600 },
  );

let keys = 0;
const place = (remoteAddress: string, headers = {}) =>
  app.inject({
    method: 'POST',
    url: `/v1/drops/${DROP_ID}/holds`,
    payload: { lines: [{ sku: 'TEE-M', quantity: 1 }] },
    headers: { authorization: `Bearer ${token}`, 'idempotency-key': `k${(keys += 1)}`, ...headers },
    remoteAddress,
  });

async function networkOf(address: string, headers = {}): Promise<Network | null | undefined> {
  expect((await place(address, headers)).statusCode).toBe(201);
  return backend.placed.at(-1)!.network;
}

describe('the network that a place is counted for', () => {
  it('is one for an IPv4 address, and another for the next', async () => {
    await start();
    const network = await networkOf('203.0.113.7');
    expect(network).toEqual({ id: expect.any(Number) as number, blockId: null });
    expect(Number.isSafeInteger(network!.id)).toBe(true);
    expect(await networkOf('::ffff:203.0.113.7')).toEqual(network);
    expect(await networkOf('203.0.113.8')).not.toEqual(network);
  });

  it('is one for an IPv6 /64, in the block of its /48', async () => {
    await start();
    const network = await networkOf('2001:db8:1:2::7');
    expect(await networkOf('2001:db8:1:2:ffff::8')).toEqual(network);
    const neighbour = await networkOf('2001:db8:1:3::7');
    expect(neighbour!.id).not.toBe(network!.id);
    expect(neighbour!.blockId).toBe(network!.blockId);
    expect(network!.blockId).not.toBe(network!.id);
    expect((await networkOf('2001:db8:2:2::7'))!.blockId).not.toBe(network!.blockId);
  });

  it('is the same at every gateway of the product, and tells no address', async () => {
    await start();
    const network = await networkOf('203.0.113.7');
    await app.close();
    await start();
    expect(await networkOf('203.0.113.7')).toEqual(network);
    expect(JSON.stringify(backend.placed)).not.toContain('203.0.113');
  });

  it('is none while limits are off, and for an operator', async () => {
    await start(false);
    expect(await networkOf('203.0.113.7')).toBeNull();
    await app.close();
    await start();
    expect(await networkOf('203.0.113.7', { 'holdfast-operator': pass() })).toBeNull();
    expect(await networkOf('203.0.113.7', { 'holdfast-operator': 'forged' })).not.toBeNull();
  });
});

describe('a place beyond the unpaid units of its network', () => {
  const refusal = (limitOf: 'customer' | 'network'): PlaceOutcome => ({
    kind: 'refused',
    reason: 'limit-reached',
    shortLines: [],
    limitOf,
  });

  it('is refused in words that say what to do, counted, and a security event', async () => {
    await start();
    jest.spyOn(backend.inventory, 'placeHold').mockResolvedValue(refusal('network'));
    const answer = await place('203.0.113.7');
    const problem = answer.json<{ detail: string }>();
    expect(problem).toMatchObject({ status: 409, code: 'limit-reached', limitOf: 'network' });
    expect(problem).not.toHaveProperty('errors');
    expect(problem.detail).toMatch(/your network.*Pay for or release a hold, or try again/);
    expect(app.get(SecurityEvents).count('network-limit')).toBe(1);
    const { body } = await app.inject({ url: '/metrics', remoteAddress: '127.0.0.1' });
    expect(body).toContain('holdfast_holds_total{outcome="network-limit-reached"} 1');
  });

  it('differs from the limit of one customer', async () => {
    await start();
    jest.spyOn(backend.inventory, 'placeHold').mockResolvedValue(refusal('customer'));
    const { code, detail } = (await place('203.0.113.7')).json<{ code: string; detail: string }>();
    expect(code).toBe('limit-reached');
    expect(detail).toContain('per customer');
    expect(app.get(SecurityEvents).count('network-limit')).toBe(0);
  });
});
