import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ServiceUnavailable } from '@holdfast/contracts';
import { FakeBackend, startEdge } from '../../../../../../test/support/fake-edge';
import { ReadinessChecks } from './readiness-checks';

type Health = { status: string; details: Record<string, { status: string; message?: string }> };

let backend: FakeBackend;
let app: NestFastifyApplication;
beforeEach(() => {
  backend = new FakeBackend();
});
afterEach(() => app.close());

const ready = () => app.inject('/health/ready');
const away = () => Promise.reject(new ServiceUnavailable('away'));

/** What a gateway of a cluster asks. */
function inCluster(redis: 'up' | 'down' | 'degraded'): void {
  backend.readiness = ReadinessChecks.ofCluster({
    drops: backend.inventory,
    checkout: backend.checkout,
    stock: backend.view,
    redis: () => Promise.resolve({ state: redis, version: '7.0.0' }),
  });
}

describe('readiness of a gateway', () => {
  it('names each dependency', async () => {
    inCluster('up');
    app = await startEdge(backend);
    const { statusCode, body } = await ready();
    expect(statusCode).toBe(200);
    const { status, details } = JSON.parse(body) as Health;
    expect(status).toBe('ok');
    expect(Object.keys(details)).toEqual(['gateway', 'inventory', 'checkout', 'redis', 'stream']);
    expect(Object.values(details).every((state) => state.status === 'up')).toBe(true);
  });

  it('goes on in a cluster without checkout and Redis and behind the ledger, and says so', async () => {
    inCluster('down');
    backend.checkout.getOrder = away;
    backend.staleSince = '2026-01-01T00:00:00.000Z';
    app = await startEdge(backend);
    const { statusCode, body } = await ready();
    expect(statusCode).toBe(200);
    expect((JSON.parse(body) as Health).details).toMatchObject({
      inventory: { status: 'up' },
      checkout: { status: 'degraded', message: 'does not answer' },
      redis: { status: 'degraded', message: 'does not answer' },
      stream: { status: 'degraded', message: 'behind since 2026-01-01T00:00:00.000Z' },
    });
  });

  it('ends in a cluster if inventory is unreachable', async () => {
    inCluster('up');
    backend.inventory.getDrop = away;
    app = await startEdge(backend);
    const { statusCode, body } = await ready();
    expect(statusCode).toBe(503);
    expect(
      (JSON.parse(body) as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer),
    ).toEqual(['/inventory']);
  });

  it('ends in one process if any of its apps is down', async () => {
    backend.checkout.getOrder = away;
    app = await startEdge(backend);
    expect((await ready()).statusCode).toBe(503);
  });
});
