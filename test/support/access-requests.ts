import { randomUUID } from 'node:crypto';
import { waitFor } from '@holdfast/testing';
import type { StaffClient } from './staff-client';

/** A request that the owner of what it names may make, and how it is answered then. */
export interface Asked {
  /** Of the thing in the path, if the path has one; of two, `one/other`. */
  id: string;
  body?: unknown;
  headers?: Record<string, string>;
  ok: number;
}

/** Makes the things that requests name: always new ones, so that what one caller changes is nobody else's. */
export class AccessWorld {
  private ended: Promise<string> | undefined;

  /** `shopper` has a guest's token. */
  constructor(
    private readonly owner: StaffClient,
    private readonly shopper: StaffClient,
  ) {}

  async drop(...steps: string[]): Promise<string> {
    return this.dropOf(9, ...steps);
  }

  async dropOf(total: number, ...steps: string[]): Promise<string> {
    const item = { sku: 'A', total, name: 'A', price: { amountMinor: 100, currency: 'EUR' } };
    const { id } = await this.made(this.owner, '/v1/admin/drops', { name: 'Drop', items: [item] });
    for (const step of steps) await this.owner.send('POST', `/v1/admin/drops/${id}/${step}`);
    return id;
  }

  /** One that has ended, without a report. There is one at a time on an installation. */
  async rehearsal(): Promise<string> {
    return (this.ended ??= this.endedRehearsal());
  }

  private async endedRehearsal(): Promise<string> {
    const dropId = await this.drop();
    const at = `/v1/admin/drops/${dropId}/rehearsals`;
    const words = { shoppers: 1, duration: 5, whileSelling: true };
    const { id } = await this.made(this.owner, at, words, 202);
    await this.owner.send('DELETE', `${at}/${id}`);
    await waitFor('the end of the rehearsal', async () => {
      const { body } = await this.owner.send('GET', `${at}/${id}`);
      return body.state !== 'running';
    });
    return `${dropId}/${id}`;
  }

  async product(): Promise<string> {
    const skus = [{ sku: randomUUID(), name: 'S', price: { amountMinor: 100, currency: 'EUR' } }];
    return (await this.made(this.owner, '/v1/admin/products', { name: 'Product', skus })).id;
  }

  async person(): Promise<string> {
    const body = { email: `${randomUUID()}@shop.example`, name: 'Ann', role: 'staff' };
    return (await this.made(this.owner, '/v1/admin/staff', body)).id;
  }

  async key(...scopes: string[]): Promise<{ id: string; secret: string }> {
    return this.made(this.owner, '/v1/admin/api-keys', { name: 'key', scopes });
  }

  async hold(): Promise<string> {
    const path = `/v1/drops/${await this.drop('open')}/holds`;
    return (await this.made(this.shopper, path, { lines: [{ sku: 'A', quantity: 1 }] })).id;
  }

  async order(): Promise<string> {
    const payment = { method: 'card', token: 'tok_ok' };
    const body = { holdId: await this.hold(), payment, email: 'a@b.example' };
    return (await this.made(this.shopper, '/v1/orders', body)).id;
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the callers say what it has
  private async made(by: StaffClient, path: string, body: object, status = 201): Promise<any> {
    const answer = await by.send('POST', path, body, { 'idempotency-key': randomUUID() });
    if (answer.status !== status) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
}

const key = () => ({ 'idempotency-key': randomUUID() });
const soon = () => new Date(Date.now() + 3_600_000).toISOString();
const json = (id: string, body: unknown, ok: number): Asked => ({ id, body, headers: key(), ok });
const read = (id: string): Asked => ({ id, ok: 200 });

/** For each route whose path names a thing. A route that is missing here fails the matrix. */
export const ACCESS_REQUESTS: Record<string, (world: AccessWorld) => Promise<Asked>> = {
  'POST /v1/drops/:dropId/holds': async (it) =>
    json(await it.drop('open'), { lines: [{ sku: 'A', quantity: 1 }] }, 201),
  'GET /v1/holds/:holdId': async (it) => read(await it.hold()),
  'DELETE /v1/holds/:holdId': async (it) => ({ id: await it.hold(), ok: 204 }),
  'GET /v1/orders/:orderId': async (it) => read(await it.order()),

  'GET /v1/admin/drops/:dropId/stock-adjustments': async (it) => read(await it.drop()),
  'POST /v1/admin/drops/:dropId/stock-adjustments': async (it) =>
    json(await it.drop(), { sku: 'A', delta: 1, reason: 'found' }, 201),
  'GET /v1/admin/drops/:dropId/holds': async (it) => read(await it.drop('open')),
  'POST /v1/admin/holds/:holdId/release': async (it) => json(await it.hold(), { reason: 'stuck' }, 200),
  'GET /v1/admin/drops/:dropId/orders': async (it) => read(await it.drop('open')),
  'GET /v1/admin/orders/:orderId': async (it) => read(await it.order()),

  'PATCH /v1/admin/staff/:staffId': async (it) => json(await it.person(), { role: 'viewer' }, 200),
  'DELETE /v1/admin/staff/:staffId': async (it) => ({ id: await it.person(), ok: 204 }),
  'DELETE /v1/admin/api-keys/:keyId': async (it) => ({ id: (await it.key('drops:read')).id, ok: 204 }),
  'GET /v1/admin/products/:productId': async (it) => read(await it.product()),
  'PATCH /v1/admin/products/:productId': async (it) => json(await it.product(), { name: 'Other' }, 200),
  'DELETE /v1/admin/products/:productId': async (it) => ({ id: await it.product(), ok: 204 }),

  'GET /v1/admin/drops/:dropId': async (it) => read(await it.drop()),
  'GET /v1/admin/drops/:dropId/stats': async (it) => read(await it.drop('open')),
  'GET /v1/admin/drops/:dropId/series': async (it) => read(await it.drop('open')),
  'GET /v1/admin/drops/:dropId/live': async (it) => read(await it.drop('open')),
  'GET /v1/admin/drops/:dropId/timeline': async (it) => read(await it.drop('open')),
  'GET /v1/admin/drops/:dropId/admission': async (it) => read(await it.drop()),
  'PUT /v1/admin/drops/:dropId/admission': async (it) => json(await it.drop(), { perMinute: 60 }, 200),
  'GET /v1/admin/drops/:dropId/rehearsals': async (it) => read(await it.drop()),
  // Whom the route admits is told that there is nothing to sell: one that began would be in the way of the next.
  'POST /v1/admin/drops/:dropId/rehearsals': async (it) => json(await it.dropOf(0), {}, 400),
  'GET /v1/admin/drops/:dropId/rehearsals/:rehearsalId': async (it) => read(await it.rehearsal()),
  'GET /v1/admin/drops/:dropId/rehearsals/:rehearsalId/report': async (it) => ({
    id: await it.rehearsal(),
    ok: 404,
  }),
  'DELETE /v1/admin/drops/:dropId/rehearsals/:rehearsalId': async (it) => read(await it.rehearsal()),
  'PATCH /v1/admin/drops/:dropId': async (it) => ({
    id: await it.drop(),
    body: { name: 'Other' },
    headers: { 'if-match': '*' },
    ok: 200,
  }),
  'DELETE /v1/admin/drops/:dropId': async (it) => ({ id: await it.drop(), ok: 204 }),
  'POST /v1/admin/drops/:dropId/schedule': async (it) => json(await it.drop(), { opensAt: soon() }, 200),
  'POST /v1/admin/drops/:dropId/open': async (it) => ({ id: await it.drop(), ok: 200 }),
  'POST /v1/admin/drops/:dropId/pause': async (it) => ({ id: await it.drop('open'), ok: 200 }),
  'POST /v1/admin/drops/:dropId/resume': async (it) => ({ id: await it.drop('open', 'pause'), ok: 200 }),
  'POST /v1/admin/drops/:dropId/close': async (it) => ({ id: await it.drop('open'), ok: 200 }),
  'POST /v1/admin/drops/:dropId/duplicate': async (it) => ({ id: await it.drop(), headers: key(), ok: 201 }),
};
