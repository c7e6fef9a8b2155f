import type { ShopperDrop } from '@holdfast/contracts';
import type { Pool } from 'pg';
import { compareCounts, type LedgerCounts, viewEqualsLedger } from './view-equals-ledger';

const row = (version: number, available: number, held = 10 - available): LedgerCounts => ({
  dropId: 'd1',
  sku: 'A',
  display: 'exact',
  version,
  available,
  held,
  sold: 0,
  total: 10,
});

function view(counts: LedgerCounts | null): ShopperDrop[] {
  const items = counts ? [{ sku: counts.sku, stock: { ...counts, asOf: '', stale: false } }] : [];
  return [{ id: 'd1', items } as unknown as ShopperDrop];
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

describe('the views of several gateways against the ledger', () => {
  const stored = { ...row(5, 4), drop_id: 'd1', epoch: '0', stock_display: 'exact' };
  const pool = { query: () => Promise.resolve({ rows: [stored] }) } as unknown as Pool;
  const good = { at: 'good', read: () => Promise.resolve(view(row(5, 4))) };
  const late = { at: 'late', read: () => Promise.resolve(view(row(4, 5))) };
  const away = {
    at: 'away',
    read: () => Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })),
  };
  const broken = { at: 'broken', read: () => Promise.reject(new Error('answered 500')) };
  const look = (views: (typeof good)[]) => viewEqualsLedger(pool, views, { catchUpMs: 0 });

  it('checks each of them', async () => {
    expect(await look([good, good])).toMatchObject({ checked: 2, broken: 0 });
    expect(await look([good, late])).toMatchObject({
      checked: 2,
      broken: 1,
      examples: [{ at: 'late', fault: 'behind' }],
    });
    expect(await look([good, broken])).toMatchObject({ broken: 1, examples: [{ at: 'broken' }] });
  });

  it('tolerates one unreachable gateway, but not all', async () => {
    expect(await look([away, good])).toMatchObject({ checked: 1, broken: 0 });
    expect(await look([away, late])).toMatchObject({ checked: 1, broken: 1 });
    expect(await look([away, away])).toMatchObject({
      broken: 1,
      examples: [{ error: 'no gateway responds' }],
    });
  });
});
