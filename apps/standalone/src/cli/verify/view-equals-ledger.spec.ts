import type { DropView } from '@holdfast/contracts';
import { compareCounts, type LedgerCounts } from './view-equals-ledger';

const row = (version: number, available: number, held = 10 - available): LedgerCounts => ({
  dropId: 'd1',
  sku: 'A',
  version,
  available,
  held,
  sold: 0,
  total: 10,
});

function view(counts: LedgerCounts | null): DropView[] {
  const items = counts ? [{ sku: counts.sku, stock: { ...counts, asOf: '', stale: false } }] : [];
  return [{ id: 'd1', items } as unknown as DropView];
}

describe('view against ledger', () => {
  it.each([
    ['equal, and nothing moves', row(5, 4), row(5, 4), row(5, 4), null],
    ['newer than at the beginning, while selling goes on', row(5, 4), row(7, 2), row(9, 1), null],
    ['behind', row(5, 4), row(4, 5), row(5, 4), 'behind'],
    ['missing', row(5, 4), null, row(5, 4), 'not shown'],
    ['ahead of the ledger', row(5, 4), row(8, 4), row(7, 4), 'ahead of the ledger'],
    [
      'other counts at the first version',
      row(5, 4),
      row(5, 3),
      row(6, 2),
      'other counts at the same version',
    ],
    ['other counts at the last version', row(5, 4), row(6, 3), row(6, 2), 'other counts at the same version'],
    ['counts that do not add up', row(5, 4), row(6, 3, 3), row(9, 1), 'does not add up'],
  ])('%s', (_what, before, shown, after, fault) => {
    const faults = compareCounts([before], view(shown), [after]);
    expect(faults).toEqual(fault === null ? [] : [expect.objectContaining({ fault, sku: 'A' })]);
  });
});
