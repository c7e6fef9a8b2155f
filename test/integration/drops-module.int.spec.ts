import { ConfigModule, loadConfig, Runtime, sameUrl, type Secrets } from '@holdfast/config';
import { LiveFeed, type LiveMessage, StockView } from '@holdfast/contracts';
import { Metrics, ObservabilityModule } from '@holdfast/observability';
import { unloaded, waitFor } from '@holdfast/testing';
import { Test, type TestingModule } from '@nestjs/testing';
import type { Pool } from 'pg';
import { actOnDrop } from '../../apps/inventory/src/application/drops/act-on';
import { seedLedger } from '../../apps/inventory/src/application/drops/seed';
import { DropStore } from '../../apps/inventory/src/application/ports/drop-store.port';
import { InventoryModule } from '../../apps/inventory/src/inventory.module';
import { createLedger, type TestLedger } from '../support/database';
import { adminPool, dropSlots } from './stream-support';

const config = loadConfig({ LOG_LEVEL: 'silent' });

describe('the inventory’s module, wired', () => {
  let ledger: TestLedger;
  let pool: Pool;
  let app: TestingModule;

  beforeAll(async () => {
    ledger = await createLedger('drops_module');
    pool = adminPool(ledger.url);
  });
  afterAll(async () => {
    await dropSlots(pool, ledger.url);
    await pool.end();
    await ledger.drop();
  });

  const start = async () => {
    const runtime = new Runtime(sameUrl(ledger.url), {} as Secrets);
    const imports = [ConfigModule.with(config, runtime), ObservabilityModule, InventoryModule.register()];
    app = await Test.createTestingModule({ imports }).compile();
    await app.init();
  };

  it('starts filled and fresh, follows the ledger, and ends in order', async () => {
    await start();
    const seeded = await seedLedger(app.get(DropStore), { demo: true });
    const dropId = seeded.demoDropId!;
    const view = app.get(StockView);
    await waitFor('the demo drop is in view', async () => (await view.ofDrop(dropId)).length === 7);
    await waitFor('it is fresh', async () => (await view.freshness()).staleSince === null);

    const heard: LiveMessage[] = [];
    app.get(LiveFeed).subscribe((message) => heard.push(message));
    await actOnDrop(app.get(DropStore), 'all-merchants', dropId, 'pause');
    await waitFor('the pause is heard of', () => heard.some((it) => it.kind === 'drop' && it.revision === 2));

    const metrics = await app.get(Metrics).render();
    expect(metrics).toMatch(/^holdfast_stream_connected 1$/m);
    expect(metrics).toMatch(/^holdfast_stream_lag_seconds \d+(\.\d+)?/m);
    expect(metrics).toMatch(/^holdfast_view_mended_rows_total 0$/m);
    const closing = Date.now();
    await app.close();
    expect(unloaded(Date.now() - closing)).toBeLessThan(10_000);
  });

  it('shows after a restart what was there before, at once', async () => {
    await start();
    const [demo] = await app.get(DropStore).list('all-merchants');
    expect(await app.get(StockView).ofDrop(demo!.drop.id)).toHaveLength(7);
    expect(await app.get(StockView).freshness()).toMatchObject({ staleSince: null });
    await app.close();
  });
});
