import { randomId } from '@holdfast/kernel';
import type { GateDrop } from './gate-drop';
import type { GateParts } from './gate-link';
import { CUSTOMERS_A_CALL_MAX, ROWS_A_CALL_MAX } from './gate-settings';
import { LuaCode } from './lua/lua.generated';

const RENEWALS_A_LEASE = 4;

/** `seeded`: also by another instance. `busy`: another instance has the lease. */
export type SeedOutcome = 'seeded' | 'busy' | 'no-drop' | 'too-many';

/**
 * Seeds the gate of a drop from the ledger. A gate that others have seeded stays in use: only missing data
 * are added.
 * Throws if Redis or the ledger is unreachable.
 */
export async function seedGate(parts: GateParts, drop: GateDrop, incarnation: string): Promise<SeedOutcome> {
  const { scripts, source, settings } = parts;
  // Read first, because requests for invented drops must not create keys in Redis.
  if ((await source.saleOf(drop.id, [])) === null) return 'no-drop';
  const token = randomId();
  const code = await scripts.begin(drop.id, token);
  if (code === LuaCode.BUSY) return 'busy';
  if (code === LuaCode.SEEDED)
    return drop.isSeeded(incarnation) && drop.reseedAt === Infinity
      ? 'seeded'
      : fill(parts, drop, incarnation, null);
  const renewal = setInterval(
    () => void scripts.renew(drop.id, token).catch(() => undefined),
    settings.seedLeaseMs / RENEWALS_A_LEASE,
  ).unref();
  try {
    return await fill(parts, drop, incarnation, token);
  } finally {
    clearInterval(renewal);
  }
}

/** @param token of the seeding to finish; null if others have seeded the gate. */
async function fill(
  { scripts, source, settings }: GateParts,
  drop: GateDrop,
  incarnation: string,
  token: string | null,
): Promise<SeedOutcome> {
  // Read after `begin`: customers served from now on are recorded in Redis, those served before are in the
  // ledger.
  const [sale, customers] = await Promise.all([
    source.saleOf(drop.id, null),
    source.customersOf(drop.id, settings.customersMax),
  ]);
  if (sale === null) return 'no-drop';
  if (customers === null) return 'too-many';
  const unsynced = drop.unsynced.all;
  for (const chunk of chunksOf([...customers, ...unsynced], CUSTOMERS_A_CALL_MAX))
    await scripts.learn(drop.id, { current: true, customers: chunk });
  for (const rows of chunksOf([...sale.available], ROWS_A_CALL_MAX))
    await scripts.learn(drop.id, { current: true, rows });
  const learnt = await scripts.learn(drop.id, { current: true, sale });
  const ended = token === null ? learnt : await scripts.finish(drop.id, token);
  if (ended !== LuaCode.SEEDED) return 'busy';
  drop.unsynced.synced(unsynced);
  drop.seeded(incarnation);
  return 'seeded';
}

export function* chunksOf<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}
