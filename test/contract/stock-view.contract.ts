import type { StockRow } from '@holdfast/contracts';
import { isNewer, publicVersion } from '@holdfast/kernel';
import fc from 'fast-check';

let drops = 0;
const newDrop = () => `d${(drops += 1)}${Date.now().toString(36)}`;

/** A row whose counts tell its version, so that a mix of two states is seen. */
const rowAt = (dropId: string, version: number, epoch = 0, sku = 'A'): StockRow => ({
  dropId,
  sku,
  total: 1_000,
  available: 1_000 - version - epoch * 100,
  held: version + epoch * 100,
  sold: 0,
  epoch,
  version,
  asOf: new Date(1_800_000_000_000 + version).toISOString(),
});

/** What is written to a view and read from it, in whichever processes. */
export interface WrittenView {
  apply(rows: readonly StockRow[]): Promise<StockRow[]>;
  ofDrop(dropId: string): Promise<StockRow[]>;
}

/** What every stock view must do. The view that `make` gives may hold other drops: the suite uses new ones. */
export function stockViewContract(name: string, make: () => Promise<WrittenView>, runs = 200): void {
  describe(`the stock view in ${name}`, () => {
    let view: WrittenView;
    beforeAll(async () => {
      view = await make();
    });

    it('knows nothing of a drop before its first row', async () => {
      expect(await view.ofDrop(newDrop())).toEqual([]);
    });

    it('takes newer rows and says which; a duplicate and an older one change nothing', async () => {
      const drop = newDrop();
      const [one, two, three] = [1, 2, 3].map((version) => rowAt(drop, version)) as [
        StockRow,
        StockRow,
        StockRow,
      ];
      expect(await view.apply([two])).toEqual([two]);
      expect(await view.apply([two])).toEqual([]);
      expect(await view.apply([one])).toEqual([]);
      expect(await view.apply([one, three, two, three])).toEqual([three]);
      expect(await view.ofDrop(drop)).toEqual([three]);
    });

    it('passes each step of one batch on, so that a crossing of zero is not lost', async () => {
      const drop = newDrop();
      const steps = [1, 2, 3].map((version) => rowAt(drop, version));
      expect(await view.apply(steps)).toEqual(steps);
    });

    it('lets a later epoch win over any version, as after a restore', async () => {
      const drop = newDrop();
      await view.apply([rowAt(drop, 900)]);
      expect(await view.apply([rowAt(drop, 1, 1)])).toHaveLength(1);
      expect(await view.apply([rowAt(drop, 901)])).toEqual([]);
      expect(await view.ofDrop(drop)).toEqual([rowAt(drop, 1, 1)]);
    });

    it('keeps drops apart and gives the SKUs of one in order', async () => {
      const [drop, other] = [newDrop(), newDrop()];
      await view.apply([rowAt(drop, 1, 0, 'B'), rowAt(other, 7, 0, 'A'), rowAt(drop, 2, 0, 'A')]);
      expect((await view.ofDrop(drop)).map((row) => [row.sku, row.version])).toEqual([
        ['A', 2],
        ['B', 1],
      ]);
      expect(await view.ofDrop(other)).toHaveLength(1);
    });

    it('takes an empty list', async () => {
      expect(await view.apply([])).toEqual([]);
    });

    it('takes thousands of SKUs with names of every kind', async () => {
      const drop = newDrop();
      const names = Array.from({ length: 5_000 }, (_, i) => `S${String(i).padStart(4, '0')} "é" [1,2] \\ 🎁`);
      const rows = names.map((sku) => rowAt(drop, 1, 0, sku));
      expect(await view.apply(rows)).toEqual(rows);
      expect(await view.ofDrop(drop)).toEqual(rows);
      expect(await view.apply([rowAt(drop, 2, 0, names[4_321]), ...rows])).toHaveLength(1);
    });

    it('tells versions apart as far as a public version reaches', async () => {
      const drop = newDrop();
      const high = 2 ** 40 - 2;
      const at = (version: number, epoch: number) => ({ ...rowAt(drop, 1), version, epoch });
      expect(await view.apply([at(high, 8_191)])).toHaveLength(1);
      expect(await view.apply([at(high, 8_190), at(high - 1, 8_191), at(high, 8_191)])).toEqual([]);
      expect(await view.apply([at(high + 1, 8_191)])).toHaveLength(1);
      expect(await view.ofDrop(drop)).toEqual([at(high + 1, 8_191)]);
    });

    it('ends on the last state of any history, however shuffled, doubled and cut in batches, and never goes back', async () => {
      const step = fc.record({
        epoch: fc.integer({ min: 0, max: 3 }),
        version: fc.integer({ min: 1, max: 12 }),
        sku: fc.constantFrom('A', 'B'),
      });
      const batches = fc.array(fc.array(step, { maxLength: 6 }), { minLength: 1, maxLength: 12 });
      await fc.assert(
        fc.asyncProperty(batches, async (history) => {
          const drop = newDrop();
          const shown = new Map<string, number>();
          for (const batch of history) {
            await view.apply(batch.map((it) => rowAt(drop, it.version, it.epoch, it.sku)));
            for (const row of await view.ofDrop(drop)) {
              expect(publicVersion(row)).toBeGreaterThanOrEqual(shown.get(row.sku) ?? 0);
              shown.set(row.sku, publicVersion(row));
            }
          }
          for (const sku of ['A', 'B']) {
            const all = history.flat().filter((it) => it.sku === sku);
            const last = all.reduce<(typeof all)[number] | undefined>(
              (a, b) => (a && !isNewer(b, a) ? a : b),
              undefined,
            );
            const row = (await view.ofDrop(drop)).find((it) => it.sku === sku);
            expect(row).toEqual(last ? rowAt(drop, last.version, last.epoch, sku) : undefined);
          }
        }),
        { numRuns: runs },
      );
    });
  });
}
