import { type DropRecord, REHEARSAL_LIMITS } from '@holdfast/contracts';
import { ROLES, withLedger } from '@holdfast/postgres';
import { LedgerDropStore } from '../../../inventory/src/adapters/postgres/drops/ledger-drop-store';
import { LedgerFigures } from '../../../inventory/src/adapters/postgres/figures/ledger-figures';
import type { PastArrivals } from './forecast-arrivals';

/** The newest ones say most about the next one. */
const PAST_DROPS_MAX = 20;
/** From the opening on, as long as a rehearsal can be. */
const WINDOW_SECONDS = REHEARSAL_LIMITS.secondsMax;
/** After a week the figures of seconds are folded into minutes. */
const SECONDS_KEPT_MS = 6 * 86_400_000;

export interface PastDrop extends PastArrivals {
  name: string;
  openedAt: string;
}

export interface PastDrops {
  drop: DropRecord;
  /** Newest first; those without arrivals included. */
  past: PastDrop[];
}

/** What came in the past drops of the drop's merchant. Null: there is no such drop. */
export async function readPastDrops(databaseUrl: string, dropId: string): Promise<PastDrops | null> {
  const found = await withLedger(databaseUrl, ROLES.inventory, async (pool) => {
    const store = new LedgerDropStore(pool);
    const { drop } = (await store.find('all-merchants', dropId)) ?? {};
    return drop && { drop, drops: await store.list({ merchantId: drop.merchantId }) };
  });
  if (!found) return null;
  const { drop, drops } = found;
  const over = drops
    .map((it) => it.drop)
    .filter((it) => it.id !== dropId && it.state === 'closed' && it.opensAt !== null)
    .toSorted((a, b) => b.opensAt!.localeCompare(a.opensAt!))
    .slice(0, PAST_DROPS_MAX);
  const past = await withLedger(databaseUrl, ROLES.inventoryMerchant, async (pool) => {
    const figures = new LedgerFigures({ merchants: pool, service: pool });
    const read: PastDrop[] = [];
    for (const it of over) read.push(await arrivalsOf(figures, it));
    return read;
  });
  return { drop, past };
}

async function arrivalsOf(figures: LedgerFigures, drop: DropRecord): Promise<PastDrop> {
  const { merchantId, id: dropId, name } = drop;
  const openedAt = drop.opensAt!;
  const opened = Date.parse(openedAt);
  const stepSeconds = Date.now() - opened > SECONDS_KEPT_MS ? 60 : 1;
  // Whole steps, as the series has them.
  const from = Math.floor(opened / 1_000 / stepSeconds) * stepSeconds;
  const points = await figures.dropSeries({
    merchantId,
    dropId,
    from: new Date(from * 1_000).toISOString(),
    to: new Date((from + WINDOW_SECONDS) * 1_000).toISOString(),
    stepSeconds,
  });
  const arrivals = points
    .filter((it) => it.arrivals > 0)
    .map((it) => ({ second: Date.parse(it.t) / 1_000, arrivals: it.arrivals }));
  return { dropId, name, openedAt, perSecond: bySecond(arrivals, stepSeconds, Math.floor(opened / 1_000)) };
}

/** Second by second from the opening; what is known by the minute alone came evenly in it. */
export function bySecond(
  steps: readonly { second: number; arrivals: number }[],
  stepSeconds: number,
  opened: number,
): number[] {
  const perSecond: number[] = [];
  for (const { second, arrivals } of steps) {
    const from = Math.max(0, second - opened);
    const to = Math.max(from + 1, second - opened + stepSeconds);
    while (perSecond.length < to) perSecond.push(0);
    for (let at = from; at < to; at += 1) perSecond[at]! += arrivals / (to - from);
  }
  return perSecond;
}
