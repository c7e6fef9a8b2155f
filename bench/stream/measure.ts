import type { StockRow } from '@holdfast/contracts';
import { waitFor } from '@holdfast/testing';
import type { Pool } from 'pg';
import { MerchantDrops } from '../../test/support/merchant-drops';
import { LedgerDropUpkeep } from '../../apps/inventory/src/adapters/postgres/drops/ledger-drop-upkeep';
import { Latencies } from './latencies';
import { readLive } from './live-reader';

export interface Load {
  url: string;
  pool: Pool;
  /** One reader of live counts each. */
  drops: number;
  perSecond: number;
  forMs: number;
  /** Before this the commits do not count. */
  warmUpMs: number;
  /** What is done with a row the moment its commit is known: the direct way. */
  onCommit?: (row: StockRow) => Promise<unknown>;
  /** Tells of rows as soon as they are in the view. Returns the way to end that. */
  onApplied?: (listener: (row: StockRow) => void) => () => void;
}

export interface Measured {
  applied: readonly number[];
  sse: readonly number[];
  commits: number;
  faults: string[];
}

const SKU = 'A';
const WRITERS = 8;

/** Commits at a steady pace, one drop after the other, and waits until every reader has seen the end; then view and ledger are compared. */
export async function measure(load: Load): Promise<Measured> {
  const { url, pool, drops } = load;
  const sse = new Latencies();
  const applied = new Latencies();
  const dropIds: string[] = [];
  for (let i = 0; i < drops; i += 1) dropIds.push(await makeDrop(pool));
  const unlisten = load.onApplied?.((row) => applied.seen(row.dropId, row.version, performance.now()));
  const closers = await Promise.all(
    dropIds.map((dropId) =>
      readLive(`${url}/v1/drops/${dropId}/live`, (_, version, at) => sse.seen(dropId, version, at)),
    ),
  );
  const { commits, faults } = await commitSteadily(load, dropIds, (dropId, version, at) => {
    sse.committed(dropId, version, at);
    if (load.onApplied) applied.committed(dropId, version, at);
  });
  await waitFor('every commit is seen', () => sse.missing + applied.missing === 0, {
    deadlineMs: 20_000,
  }).catch(() =>
    faults.push(`${sse.missing} commits were never seen by a reader, ${applied.missing} not in the view`),
  );
  for (const dropId of dropIds) faults.push(...(await difference(url, pool, dropId)));
  unlisten?.();
  for (const close of closers) close();
  return { applied: applied.ms, sse: sse.ms, commits, faults };
}

async function commitSteadily(
  { pool, perSecond, forMs, warmUpMs, onCommit }: Load,
  dropIds: string[],
  committed: (dropId: string, version: number, at: number) => void,
) {
  const faults: string[] = [];
  const began = performance.now();
  const ends = began + warmUpMs + forMs;
  let commits = 0;
  let next = 0;
  const writer = async () => {
    for (;;) {
      const turn = next++;
      const due = began + (turn * 1_000) / perSecond;
      if (due >= ends) return;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
      const dropId = dropIds[turn % dropIds.length]!;
      const done = await pool.query<Record<keyof typeof COLUMNS, string>>(SELL, [dropId]);
      const at = performance.now();
      const row = toRow(dropId, done.rows[0]!);
      if (due >= began + warmUpMs) {
        commits += 1;
        committed(dropId, row.version, at);
      }
      await onCommit?.(row);
    }
  };
  await Promise.all(
    Array.from({ length: WRITERS }, () => writer().catch((error: Error) => faults.push(error.message))),
  );
  return { commits, faults };
}

const COLUMNS = { total: 0, available: 0, held: 0, sold: 0, epoch: 0, version: 0 };
const SELL = `UPDATE inventory.stock SET available = available - 1, held = held + 1, version = version + 1
  WHERE drop_id = $1 AND sku = '${SKU}' RETURNING ${Object.keys(COLUMNS).join(', ')}`;

function toRow(dropId: string, columns: Record<keyof typeof COLUMNS, string>): StockRow {
  const counts = Object.fromEntries(
    Object.keys(COLUMNS).map((name) => [name, Number(columns[name as 'total'])]),
  );
  return { ...(counts as typeof COLUMNS), dropId, sku: SKU, asOf: new Date().toISOString() };
}

/** What is shown to shoppers against what the ledger has. */
async function difference(url: string, pool: Pool, dropId: string): Promise<string[]> {
  const [ledger] = await new LedgerDropUpkeep(pool).stockOf(dropId);
  const answer = await fetch(`${url}/v1/drops/${dropId}`);
  const { items } = (await answer.json()) as { items: { stock: Record<string, number> }[] };
  const shown = items[0]!.stock;
  const same = (['available', 'held', 'sold', 'version'] as const).every(
    (name) => shown[name] === ledger![name],
  );
  return same
    ? []
    : [`drop ${dropId} shows ${JSON.stringify(shown)}, the ledger has ${JSON.stringify(ledger)}`];
}

async function makeDrop(pool: Pool): Promise<string> {
  const { drop } = await new MerchantDrops(pool).create({
    ...{ name: 'Stream', description: '', imageUrl: null, opensAt: 'now', closesAt: null },
    ...{ perCustomerLimit: 4, holdTtlSeconds: 300 },
    items: [{ sku: SKU, name: SKU, imageUrl: null, priceMinor: 1, currency: 'EUR', units: 1_000_000 }],
  });
  return drop.id;
}
