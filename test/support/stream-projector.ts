import type { KafkaSecurity } from '@holdfast/config';
import { InProcessFeed, type NewDrop, type StockRow } from '@holdfast/contracts';
import { isNewer, SystemClock } from '@holdfast/kernel';
import { KafkaChangeStream } from '@holdfast/messaging';
import { type Logger, silentLogger } from '@holdfast/observability';
import { waitFor } from '@holdfast/testing';
import type { Pool } from 'pg';
import { projectorSource } from '../../apps/inventory/src/adapters/kafka/stream-source';
import { MemoryStockView } from '../../apps/inventory/src/adapters/memory/stock-view';
import { LedgerDropUpkeep } from '../../apps/inventory/src/adapters/postgres/drops/ledger-drop-upkeep';
import { ProjectChanges } from '../../apps/inventory/src/application/projector/project-changes';

const counts = (rows: StockRow[]) => rows.map(({ asOf: _, ...row }) => row);

/** From Kafka to a view of its own, with a viewer who notices every version that goes back. */
export class Projector {
  readonly feed = new InProcessFeed();
  readonly view = new MemoryStockView({ load: async () => [], feed: this.feed, clock: new SystemClock() });
  readonly wentBack: StockRow[] = [];
  readonly poison: string[] = [];
  readonly stream: KafkaChangeStream;
  readonly changes: ProjectChanges;
  private readonly upkeep: LedgerDropUpkeep;
  private readonly shown = new Map<string, StockRow>();

  constructor(
    pool: Pool,
    how: { brokers: string[]; security: KafkaSecurity; instance: string; databaseUrl: string },
    log: Logger = silentLogger(),
  ) {
    this.upkeep = new LedgerDropUpkeep(pool);
    this.stream = new KafkaChangeStream(projectorSource(how), log);
    this.changes = new ProjectChanges(this.view, this.feed, (record, reason) => {
      this.poison.push(reason);
      void this.stream.putAside(record, reason);
    });
    this.feed.subscribe((message) => {
      if (message.kind === 'stock') for (const row of message.rows) this.show(row);
    });
  }

  start(): Promise<void> {
    return this.stream.start((records) => this.changes.apply(records));
  }

  /** What the worker of the product does four times a second. */
  mend(): Promise<void> {
    return this.changes.mend({
      stockOf: (dropId) => this.upkeep.stockOf(dropId),
      revisionOf: () => Promise.resolve(null),
    });
  }

  ledger(dropId: string): Promise<StockRow[]> {
    return this.upkeep.stockOf(dropId);
  }

  /** View and ledger agree, once nothing changes any more. */
  async agrees(dropId: string, deadlineMs = 15_000): Promise<void> {
    const wanted = counts(await this.ledger(dropId));
    expect(wanted.length).toBeGreaterThan(0);
    await waitFor(
      'view and ledger agree',
      async () => JSON.stringify(counts(await this.view.ofDrop(dropId))) === JSON.stringify(wanted),
      { deadlineMs },
    );
  }

  /** Waits until the view shows what the ledger has at this moment, whatever happens meanwhile; returns how long it took. */
  async catchesUp(dropId: string, deadlineMs: number): Promise<number> {
    const began = performance.now();
    const wanted = await this.ledger(dropId);
    const behind = async () => {
      const shown = new Map((await this.view.ofDrop(dropId)).map((row) => [row.sku, row]));
      return wanted.filter((row) => !shown.has(row.sku) || isNewer(row, shown.get(row.sku)!));
    };
    const what = 'the view has caught up and knows it';
    const knows = () => (this.stream.status().lagMs ?? Infinity) < 2_000;
    await waitFor(what, async () => knows() && (await behind()).length === 0, { deadlineMs });
    return performance.now() - began;
  }

  private show(row: StockRow): void {
    const address = `${row.dropId}/${row.sku}`;
    const before = this.shown.get(address);
    if (before && !isNewer(row, before)) this.wentBack.push(row);
    this.shown.set(address, row);
  }
}

/** Sells and takes back, one unit at a time, at a steady pace, and goes on through every fault. */
export class Traffic {
  commits = 0;
  faults = 0;
  private stopped = false;
  private readonly writers: Promise<void>[];

  constructor(
    private readonly pool: Pool,
    private readonly dropId: string,
    private readonly skus: readonly string[],
    perSecond = 100,
    writers = 4,
  ) {
    const everyMs = (1_000 * writers) / perSecond;
    this.writers = Array.from({ length: writers }, (_, n) => this.write(n, everyMs));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.writers);
  }

  private async write(n: number, everyMs: number): Promise<void> {
    for (let i = n; !this.stopped; i += 1) {
      const next = performance.now() + everyMs;
      const units = i % 3 === 2 ? -1 : 1;
      await this.pool
        .query(
          `UPDATE inventory.stock SET available = available - $3, held = held + $3, version = version + 1
           WHERE drop_id = $1 AND sku = $2 AND held + $3 >= 0`,
          [this.dropId, this.skus[i % this.skus.length], units],
        )
        .then(
          () => (this.commits += 1),
          () => (this.faults += 1),
        );
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())));
    }
  }
}

export const streamDrop = (skus: readonly string[], units = 1_000_000): NewDrop => ({
  name: 'Stream',
  description: '',
  imageUrl: null,
  opensAt: 'now',
  closesAt: null,
  perCustomerLimit: 4,
  holdTtlSeconds: 300,
  items: skus.map((sku) => ({ sku, name: sku, imageUrl: null, priceMinor: 1, currency: 'EUR', units })),
});
