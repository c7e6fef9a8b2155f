import type { Shortage } from '@holdfast/contracts';
import type { GateDrop } from './gate-drop';
import type { ShortageRead } from './gate-scripts';

export interface ShortageParts {
  read(skus: readonly string[]): Promise<ShortageRead | null>;
  /** Reads these SKUs from the ledger into the gate. */
  refresh(skus: readonly string[]): Promise<void>;
}

/**
 * What is surely gone among the SKUs that somebody was refused here. While gateways refuse by themselves nobody asks the gate, so nobody
 * notices that it has missed something: what it was not told lately is read from the ledger first, once for each reading.
 */
export async function readShortage(drop: GateDrop, parts: ShortageParts): Promise<Shortage | null> {
  const skus = drop.wantedSkus;
  let read = await parts.read(skus);
  const old = skus.filter((_, index) => read?.units[index] === null);
  if (read !== null && old.length > 0) {
    await parts.refresh(old);
    read = await parts.read(skus);
  }
  if (read === null) return null;
  const { perCustomerLimit, openForMs, units, customers } = read;
  const available = skus.flatMap((sku, index) => {
    const left = units[index] ?? null;
    return left === null ? [] : [{ sku, units: left }];
  });
  return { dropId: drop.id, perCustomerLimit, openForMs, available, customers };
}
