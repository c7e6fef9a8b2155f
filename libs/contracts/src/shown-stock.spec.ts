import { publicVersion } from '@holdfast/kernel';
import type { DropSummary } from './drop';
import { toShopperDrop, toShopperDropSummary } from './shopper-drop';
import { shownStock, type StockDisplay } from './shown-stock';
import type { StockRow } from './stock-view.port';

const AT = '2026-01-01T00:00:00.000Z';
const row = (more: Partial<StockRow> = {}): StockRow => ({
  ...{ dropId: 'd', sku: 'A', total: 10, available: 9, held: 0, sold: 1, epoch: 2, version: 57, asOf: AT },
  ...more,
});
const drop = (stockDisplay: StockDisplay) =>
  ({
    ...{
      id: 'd',
      merchantId: 'm',
      state: 'open',
      opensAt: null,
      closesAt: null,
      createdAt: AT,
      stockDisplay,
    },
    items: [{ sku: 'A', name: 'A', price: { amountMinor: 1, currency: 'EUR' }, imageUrl: null }],
    shownTotals: { band: 'plenty', version: 3, at: AT },
    ...{ itemCount: 1, priceRange: null },
  }) as unknown as DropSummary;

describe('what shoppers see of a row', () => {
  it('has no version beyond the one of the ledger when an instance of before wrote it, and is stale', () => {
    const old = row({ unmarked: true });
    const ledgers = row({ shown: { display: 'bands', version: 1, at: AT } });
    expect(shownStock(old, 'bands').version).toBeLessThanOrEqual(shownStock(ledgers, 'bands').version);
    // Neither the version nor the time tells of a sale.
    const later = row({ unmarked: true, version: 58, available: 8, asOf: '2026-01-01T00:00:01.000Z' });
    expect(shownStock(later, 'bands')).toEqual(shownStock(old, 'bands'));
    expect(toShopperDrop(drop('bands'), [old], 0, false).items[0]!.stock.stale).toBe(true);
  });

  it('is told by the version of the counts where they are shown, and while a change of the display is under way', () => {
    const version = publicVersion({ epoch: 2, version: 57 });
    expect(shownStock(row({ unmarked: true }), 'exact').version).toBe(version);
    expect(shownStock(row(), 'bands').version).toBe(version);
  });
});

describe('totals of a drop that does not show its numbers', () => {
  it.each(['bands', 'hidden'] as const)('grow with the epoch: %s', (display) => {
    const rows = [row({ shown: { display, version: 9, at: AT } }), row({ sku: 'B', epoch: 3 })];
    const { totals } = toShopperDropSummary(drop(display), rows, 0, false);
    expect(totals).toMatchObject({ version: publicVersion({ epoch: 3, version: 3 }) });
  });
});
