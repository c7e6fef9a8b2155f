import type { DropUpkeep } from './ports/drop-upkeep.port';
import type { Gate } from './ports/gate.port';

/** A unit that the gate has lost is on offer again after this time at the latest, whatever else has failed. */
export const HEAL_GATE_EVERY_MS = 10_000;

/** Holds the gate against the ledger: one pass over the drops of which somebody could be refused here. */
export async function healGate(gate: Gate, upkeep: Pick<DropUpkeep, 'stockOf'>): Promise<void> {
  for (const dropId of gate.dropsInUse) await gate.heal(await upkeep.stockOf(dropId), 'ledger');
}
