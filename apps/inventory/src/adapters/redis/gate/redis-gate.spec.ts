import type { StockRow } from '@holdfast/contracts';
import { SystemClock } from '@holdfast/kernel';
import { silentLogger } from '@holdfast/observability';
import type { LuaScript, RedisConnection } from '@holdfast/redis';
import { RedisGate } from './redis-gate';

/** A Redis that notes what it is asked, and is silent. */
function silentRedis(asked: string[]): RedisConnection {
  const script =
    ({ name }: LuaScript) =>
    (keys: readonly string[]) => {
      asked.push(`${name} ${keys[0]}`);
      return new Promise(() => undefined);
    };
  return { isUp: true, client: {}, placeOf: () => 'here', script } as unknown as RedisConnection;
}

const rowOf = (dropId: string) =>
  ({ dropId, sku: 'A', total: 1, available: 1, epoch: 1, version: 1 }) as StockRow;

it('tells a slow Redis the rows of all drops at once: the change stream waits for it', async () => {
  const asked: string[] = [];
  const source = { saleOf: async () => null, customersOf: async () => [] };
  const parts = { redis: silentRedis(asked), clock: new SystemClock(), source, logger: silentLogger() };
  const gate = new RedisGate({ ...parts, settings: { callDeadlineMs: 50 } });
  const drops = ['d1', 'd2', 'd3'];
  for (const dropId of [...drops, 'd4']) {
    const lines = [{ sku: 'A', quantity: 1 }];
    void gate.place(
      { dropId, customerId: 'cus_1', lines, holdId: () => 'h1' },
      () => new Promise(() => undefined),
    );
  }
  // Its SKU was taken out of the drop: only the ledger knows that it is not sold out, but unknown.
  const removed = { ...rowOf('d4'), total: 0, available: 0 };
  const healed = gate.heal([...[...drops, 'dunused'].map(rowOf), removed], 'stream');
  expect(asked).toEqual(drops.map((dropId) => `learn-sale-4 hf1:{${dropId}}:gate`));
  await healed;
});
