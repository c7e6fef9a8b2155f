import { setTimeout as pause } from 'node:timers/promises';
import { publicVersion } from '@holdfast/kernel';
import {
  bandOf,
  looksAlike,
  type ShopperDrop,
  type ShopperItem,
  shownInItem,
  type StockDisplay,
} from '@holdfast/contracts';
import type { Pool } from 'pg';
import { EXAMPLES_MAX, type Invariant } from '../invariants/invariant';
import { sql } from './sql/sql.generated';

const NAME = 'view-equals-ledger';
const CATCH_UP_MS = 6_000; // the view may lag by a moment; after this it is wrong
const ASK_EVERY_MS = 100;

export interface LedgerCounts {
  dropId: string;
  sku: string;
  available: number;
  held: number;
  sold: number;
  total: number;
  /** What shoppers see of the counts, and the version of that. */
  display: StockDisplay;
  version: number;
}

/** One gateway, and how to read the counts it shows. */
export interface ShownView {
  at: string;
  read: () => Promise<ShopperDrop[]>;
}

/**
 * Checks that the counts shown by each gateway are those of the ledger. Sales may continue, so counts are
 * compared by version: at the same version they must be equal; an older version must catch up with the ledger
 * as it was at the start; a version newer than the ledger's is a violation.
 */
export async function viewEqualsLedger(
  pool: Pool,
  views: readonly ShownView[],
  { catchUpMs = CATCH_UP_MS, dropId }: { catchUpMs?: number; dropId?: string } = {},
): Promise<Invariant> {
  const ledger = () => readLedger(pool, dropId);
  const target = await ledger();
  const end = performance.now() + catchUpMs;
  for (;;) {
    const looks = await Promise.all(views.map((view) => compareOnce(ledger, target, view)));
    const seen = looks.filter((faults) => faults !== null);
    // An unreachable gateway shows no wrong counts; without any reachable one there is no view.
    const faults = seen.length > 0 ? seen.flat() : [{ error: 'no gateway responds' }];
    if (faults.length === 0 || performance.now() >= end)
      return {
        name: NAME,
        checked: target.length * Math.max(1, seen.length),
        broken: faults.length,
        examples: faults.slice(0, EXAMPLES_MAX),
      };
    await pause(ASK_EVERY_MS);
  }
}

/** Without a running product there is no view. */
export function noView(): Invariant {
  return { name: NAME, checked: 0, broken: 0, examples: [] };
}

/** Null: nobody listens there. */
async function compareOnce(
  ledger: () => Promise<LedgerCounts[]>,
  target: LedgerCounts[],
  { at, read }: ShownView,
): Promise<object[] | null> {
  try {
    const view = await read();
    const later = await ledger(); // after the view, so a correct view is never newer
    return compareCounts(target, view, later).map((fault) => ({ ...fault, at }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return null;
    return [
      { at, error: `the view cannot be read: ${error instanceof Error ? error.message : String(error)}` },
    ];
  }
}

/** Differences that concurrent sales cannot explain. `before` was read before the view, `after` after it. */
export function compareCounts(before: LedgerCounts[], view: ShopperDrop[], after: LedgerCounts[]): object[] {
  const shown = new Map(
    view.flatMap(({ id, items }) => items.map((item) => [keyOf(id, item.sku), item] as const)),
  );
  const latest = new Map(after.map((row) => [keyOf(row.dropId, row.sku), row]));
  return before.flatMap((row) => {
    const key = keyOf(row.dropId, row.sku);
    const item = shown.get(key);
    const fault = faultOf(row, item, latest.get(key) ?? row);
    return fault === null
      ? []
      : [
          {
            fault,
            dropId: row.dropId,
            sku: row.sku,
            ledger: { ...countsOf(row), display: row.display, version: row.version },
            view: item?.stock ?? null,
          },
        ];
  });
}

function faultOf(before: LedgerCounts, item: ShopperItem | undefined, after: LedgerCounts): string | null {
  if (item === undefined) return 'not shown';
  const shown = shownInItem(item);
  if (shown.version < before.version) return 'behind';
  if (shown.version > after.version) return 'ahead of the ledger';
  if (shown.display === 'exact' && shown.total !== shown.available + shown.held + shown.sold)
    return 'does not add up';
  for (const row of [before, after]) {
    if (row.version === shown.version && !shows(row, shown)) return 'other counts at the same version';
  }
  return null;
}

/** Whether this is what shoppers should see of the row. */
function shows(row: LedgerCounts, shown: ReturnType<typeof shownInItem>): boolean {
  const { display, available, total } = row;
  switch (display) {
    case 'exact':
      return shown.display === 'exact' && sameCounts(row, shown);
    case 'bands':
      return looksAlike(shown, { display, band: bandOf(available, total) });
    case 'hidden':
      return looksAlike(shown, { display, soldOut: available === 0 });
  }
}

type Counts = Pick<LedgerCounts, 'available' | 'held' | 'sold' | 'total'>;

function sameCounts(a: Counts, b: Counts): boolean {
  return a.available === b.available && a.held === b.held && a.sold === b.sold && a.total === b.total;
}

function countsOf({ available, held, sold, total }: Counts): Counts {
  return { available, held, sold, total };
}

function keyOf(dropId: string, sku: string): string {
  return `${dropId}/${sku}`;
}

interface StockColumns {
  drop_id: string;
  sku: string;
  available: string;
  held: string;
  sold: string;
  total: string;
  epoch: string;
  stock_display: StockDisplay;
  version: string;
}

/** Of one drop, or of all public ones: drafts are not public. */
async function readLedger(pool: Pool, dropId?: string): Promise<LedgerCounts[]> {
  const { rows } = await (dropId === undefined
    ? pool.query<StockColumns>(sql.publicCounts.text)
    : pool.query<StockColumns>(sql.countsOfDrop.text, [dropId]));
  return rows.map((row) => ({
    dropId: row.drop_id,
    sku: row.sku,
    available: Number(row.available),
    held: Number(row.held),
    sold: Number(row.sold),
    total: Number(row.total),
    display: row.stock_display,
    version: publicVersion({ epoch: Number(row.epoch), version: Number(row.version) }),
  }));
}
