import { randomId } from '@holdfast/kernel';
import type { GateSale } from '../../../application/ports/gate.port';
import { LuaCode } from '../lua/lua.generated';
import type { GateDrop } from './gate-drop';
import type { GateScripts } from './gate-scripts';
import { CUSTOMERS_A_CALL_MAX, ROWS_A_CALL_MAX, type GateSettings } from './gate-settings';

const BEATS_A_LEASE = 4;

/** Reads from the ledger. Both may throw when it is away. */
export interface GateSource {
  /** How a drop sells now, all SKUs of it or those given; null for an unknown drop or a draft. */
  saleOf(dropId: string, skus: readonly string[] | null): Promise<GateSale | null>;
  /** Customers who have or had units in the drop; null when there are more than `max`. */
  customersOf(dropId: string, max: number): Promise<string[] | null>;
}

export interface SeedParts {
  scripts: GateScripts;
  source: GateSource;
  settings: GateSettings;
  wallMs: () => number;
}

/** `seeded`: also by another instance. `busy`: another instance is at it. */
export type SeedOutcome = 'seeded' | 'busy' | 'no-drop' | 'too-many';

/**
 * Fills the gate of a drop from the ledger. One that others have filled stays in use for them meanwhile: it only gains what the ledger knows
 * and it may lack. Throws when Redis or the ledger is away.
 */
export async function seedGate(parts: SeedParts, drop: GateDrop, term: string): Promise<SeedOutcome> {
  const { scripts, source, settings, wallMs } = parts;
  // Looked up first: an address that somebody made up must not leave anything in Redis.
  if ((await source.saleOf(drop.id, [])) === null) return 'no-drop';
  const token = randomId();
  const code = await scripts.begin(drop.id, wallMs(), token);
  if (code === LuaCode.BUSY) return 'busy';
  if (code === LuaCode.SEEDED)
    return drop.isSeeded(term) && drop.looksAt === Infinity ? 'seeded' : fill(parts, drop, term, null);
  const beat = setInterval(
    () => void scripts.renew(drop.id, wallMs(), token).catch(() => undefined),
    settings.seedLeaseMs / BEATS_A_LEASE,
  ).unref();
  try {
    return await fill(parts, drop, term, token);
  } finally {
    clearInterval(beat);
  }
}

/** @param token of the seeding that is ended by it; null when others have filled the gate. */
async function fill(
  { scripts, source, settings, wallMs }: SeedParts,
  drop: GateDrop,
  term: string,
  token: string | null,
): Promise<SeedOutcome> {
  // Read after the beginning: whoever is served from now on is noted in Redis, whoever was served before stands in the ledger.
  const [sale, customers] = await Promise.all([
    source.saleOf(drop.id, null),
    source.customersOf(drop.id, settings.customersMax),
  ]);
  if (sale === null) return 'no-drop';
  if (customers === null) return 'too-many';
  const untold = [...drop.untold];
  for (const chunk of chunksOf([...customers, ...untold], CUSTOMERS_A_CALL_MAX))
    await scripts.learn(drop.id, wallMs(), { sure: true, customers: chunk });
  for (const rows of chunksOf([...sale.available], ROWS_A_CALL_MAX))
    await scripts.learn(drop.id, wallMs(), { sure: true, rows });
  const learnt = await scripts.learn(drop.id, wallMs(), { sure: true, sale: toWallTimes(sale, wallMs()) });
  const ended = token === null ? learnt : await scripts.finish(drop.id, token);
  if (ended !== LuaCode.SEEDED) return 'busy';
  drop.told(untold);
  drop.seeded(term);
  return 'seeded';
}

/** Redis keeps wall-clock times: several processes compare with them. */
export function toWallTimes(
  sale: Pick<GateSale, 'open' | 'closesInMs' | 'perCustomerLimit'> & { opensInMs?: number | null },
  nowMs: number,
) {
  const at = (inMs: number | null) => (inMs === null ? null : Math.round(nowMs + inMs));
  return {
    open: sale.open,
    opensAt: sale.open ? null : at(sale.opensInMs ?? null),
    closesAt: at(sale.closesInMs),
    perCustomerLimit: sale.perCustomerLimit,
  };
}

export function* chunksOf<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}
