import type { ChangeRecord, LiveMessage, StockRow } from '@holdfast/contracts';
import { groupBy, isNewer } from '@holdfast/kernel';
import { LivePublisher } from '../ports/live-publisher.port';
import { StockViewWriter } from '../ports/stock-view-writer.port';
import { ProjectChanges } from './project-changes';

class View extends StockViewWriter {
  private readonly rows = new Map<string, StockRow>();
  constructor(private readonly feed: Feed) {
    super();
  }
  override async apply(rows: readonly StockRow[]) {
    const taken = rows.filter((row) => {
      const known = this.rows.get(row.sku);
      if (known && !isNewer(row, known)) return false;
      this.rows.set(row.sku, row);
      return true;
    });
    for (const [dropId, ofDrop] of groupBy(taken, (row) => row.dropId))
      await this.feed.publish({ kind: 'stock', dropId, rows: ofDrop });
    return taken;
  }
  override async ofDrop() {
    return [...this.rows.values()];
  }
}

class Feed extends LivePublisher {
  readonly said: LiveMessage[] = [];
  override async publish(message: LiveMessage) {
    this.said.push(message);
  }
}

const record = (table: string, after: Record<string, unknown> | null): ChangeRecord => ({
  topic: `holdfast.inventory.${table}`,
  key: null,
  value: {
    before: null,
    after,
    source: { schema: 'inventory', table, lsn: 7, txId: 1, ts_ms: 1_800_000_000_000, snapshot: 'false' },
    op: after ? 'u' : 'd',
    ts_ms: 0,
  },
  fact: null,
});
const stock = (version: number, available: number, dropId = 'done') =>
  record('stock', {
    drop_id: dropId,
    sku: 'A',
    total: 9,
    available,
    held: 9 - available,
    sold: 0,
    epoch: 0,
    version,
  });
const drop = (revision: number) => record('drop', { drop_id: 'done', revision, state: 'open' });

describe('projecting changes', () => {
  const make = () => {
    const feed = new Feed();
    return { feed, changes: new ProjectChanges(new View(feed), feed, () => undefined) };
  };

  it('passes every commit’s image on, also when several come in one batch: a crossing of zero is among them', async () => {
    const { feed, changes } = make();
    await changes.apply([stock(1, 1), stock(2, 0), stock(3, 1)]);
    expect(feed.said).toMatchObject([
      { kind: 'stock', dropId: 'done', rows: [{ available: 1 }, { available: 0 }, { available: 1 }] },
    ]);
  });

  it('stamps a row with the moment of its commit', async () => {
    const { feed, changes } = make();
    await changes.apply([stock(1, 1)]);
    expect(feed.said).toMatchObject([{ rows: [{ asOf: '2027-01-15T08:00:00.000Z' }] }]);
  });

  it('says nothing of what is old, doubled, deleted or somebody else’s', async () => {
    const { feed, changes } = make();
    await changes.apply([stock(2, 0), drop(2)]);
    feed.said.length = 0;
    await changes.apply([
      stock(2, 0),
      stock(1, 1),
      drop(2),
      drop(1),
      record('stock', null),
      record('cdc_heartbeat', { id: 1 }),
    ]);
    expect(feed.said).toEqual([]);
  });

  it('gives each drop a message of its own', async () => {
    const { feed, changes } = make();
    const other = { ...stock(1, 1, 'dtwo') };
    (other.value!.after as { sku: string }).sku = 'B';
    await changes.apply([stock(1, 1), other, stock(2, 0)]);
    expect(
      feed.said.map((message) => message.kind === 'stock' && [message.dropId, message.rows.length]),
    ).toEqual([
      ['done', 2],
      ['dtwo', 1],
    ]);
  });

  describe('with a record that cannot be read', () => {
    const unreadable = (table: string, key: ChangeRecord['key']): ChangeRecord => ({
      topic: `holdfast.inventory.${table}`,
      key,
      value: null,
      fact: null,
      unreadable: 'no JSON',
    });
    const setup = () => {
      const feed = new Feed();
      const poison: [ChangeRecord, string][] = [];
      const changes = new ProjectChanges(new View(feed), feed, (...it) => poison.push(it));
      const row = stockOf(stock(7, 3));
      return { feed, poison, changes, row };
    };
    const stockOf = (it: ChangeRecord) => ({
      ...({ dropId: 'done', sku: 'A', total: 9, held: 6, sold: 0, epoch: 0, asOf: '' } as const),
      available: it.value!.after!['available'] as number,
      version: it.value!.after!['version'] as number,
    });

    it('tells of it, goes on with what comes behind it, and reads its drop again', async () => {
      const { feed, poison, changes, row } = setup();
      const broken = { ...stock(2, 5), key: { drop_id: 'done', sku: 'A' } };
      delete broken.value!.after!['held'];
      await changes.apply([broken, unreadable('stock', { drop_id: 'done', sku: 'A' }), stock(3, 4)]);
      expect(poison.map(([, reason]) => reason)).toEqual(['held is no count', 'no JSON']);
      expect(feed.said).toMatchObject([{ rows: [{ version: 3 }] }]);
      expect(changes.dirtyDrops).toBe(1);
      await changes.mend({ stockOf: async () => [row], revisionOf: async () => 4 });
      expect(feed.said.slice(1)).toMatchObject([
        { kind: 'stock', rows: [{ version: 7, available: 3 }] },
        { kind: 'drop', dropId: 'done', revision: 4 },
      ]);
      expect(changes.dirtyDrops).toBe(0);
    });

    it.each([
      [
        'a time that no clock can show',
        (it: ChangeRecord) => (it.value!.source.ts_ms = 8_640_000_000_000_001),
      ],
      ['a time before all others', (it: ChangeRecord) => (it.value!.source.ts_ms = -1)],
      ['a drop that cannot be', (it: ChangeRecord) => (it.value!.after!['drop_id'] = 'no\u0000drop')],
      ['no source at all', (it: ChangeRecord) => delete (it.value as { source?: object }).source],
    ])('goes on behind one with %s', async (_, spoil) => {
      const { feed, poison, changes } = setup();
      const broken = { ...stock(2, 5), key: { drop_id: 'done', sku: 'A' } };
      spoil(broken);
      await changes.apply([broken, stock(3, 4)]);
      expect([poison.length, changes.dirtyDrops]).toEqual([1, 1]);
      expect(feed.said).toMatchObject([{ rows: [{ version: 3 }] }]);
    });

    it('does not ask the ledger for a drop that cannot be', async () => {
      const { changes, poison } = setup();
      await changes.apply([unreadable('stock', { drop_id: 'no\u0000drop', sku: 'A' })]);
      expect([poison.length, changes.dirtyDrops]).toEqual([1, 0]);
    });

    it('keeps a drop dirty while the ledger is away', async () => {
      const { changes, row } = setup();
      await changes.apply([unreadable('drop', { drop_id: 'done' })]);
      const away = { stockOf: () => Promise.reject(new Error('away')), revisionOf: async () => null };
      await expect(changes.mend(away)).rejects.toThrow('away');
      expect(changes.dirtyDrops).toBe(1);
      await changes.mend({ stockOf: async () => [row], revisionOf: async () => null });
      expect(changes.dirtyDrops).toBe(0);
    });

    it('leaves to the reconciler what has no readable key', async () => {
      const { changes, poison } = setup();
      await changes.apply([unreadable('stock', null)]);
      expect([poison.length, changes.dirtyDrops]).toEqual([1, 0]);
    });
  });

  it('says of a drop again what could not be said the first time', async () => {
    const { feed, changes } = make();
    const publish = feed.publish.bind(feed);
    feed.publish = () => Promise.reject(new Error('away'));
    await expect(changes.apply([drop(2)])).rejects.toThrow('away');
    feed.publish = publish;
    await changes.apply([drop(2)]);
    expect(feed.said).toEqual([{ kind: 'drop', dropId: 'done', revision: 2 }]);
  });
});
