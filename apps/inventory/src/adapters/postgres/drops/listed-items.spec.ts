import { ListedItems } from './listed-items';
import type { Db } from './read-drops';

/** Answers one statement after the other when it is let; every drop has one item. */
class SlowDatabase {
  private waiting: (() => void)[] = [];
  slow = false;

  query = async ({ text, values: [dropIds] }: { text: string; values: [string[]] }) => {
    if (this.slow) await new Promise<void>((resolve) => this.waiting.push(resolve));
    const rows = dropIds.map((drop_id) =>
      text.includes('item_count')
        ? { drop_id, item_count: 1, lowest_minor: '1', highest_minor: '1', currency: 'EUR' }
        : { drop_id, sku: 'A', name: 'A', image_url: null, price_minor: '1', currency: 'EUR' },
    );
    return { rows };
  };

  goOn(): void {
    this.slow = false;
    for (const go of this.waiting.splice(0)) go();
  }
}

const drops = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => ({ drop_id: `d${from + n}`, revision: '1' }));

describe('the first items of drops', () => {
  it('are there for who was told of them before others took their place in memory', async () => {
    const database = new SlowDatabase();
    const db = database as unknown as Db;
    const listed = new ListedItems();
    await listed.of(db, drops(0, 1_000));
    database.slow = true;
    const mine = listed.of(db, [...drops(0, 50), { drop_id: 'dnew', revision: '1' }]);
    database.slow = false;
    await listed.of(db, drops(1_000, 1_200));
    database.goOn();
    const found = await mine;
    expect(found.size).toBe(51);
    for (const { itemCount } of found.values()) expect(itemCount).toBe(1);
  });
});
