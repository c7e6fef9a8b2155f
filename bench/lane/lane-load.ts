import { createHash } from 'node:crypto';
import { randomId, SystemClock } from '@holdfast/kernel';
import { openPool, ROLES } from '@holdfast/postgres';
import { MemoryGate } from '../../apps/inventory/src/adapters/memory/gate';
import { PostgresLedger } from '../../apps/inventory/src/adapters/postgres/ledger';
import { LANE_SETTINGS } from '../../apps/inventory/src/application/lane-settings';
import { Lanes } from '../../apps/inventory/src/application/lanes';
import { PlaceHold } from '../../apps/inventory/src/application/place-hold';

const FINGERPRINT = createHash('sha256').update('{"lines":[{"sku":"A","quantity":1}]}').digest('hex');

/** The lane core as the product puts it together, with all its rules on. */
export function openLanes(url: string): { place: PlaceHold; close(): Promise<void> } {
  const pool = openPool({ url, role: ROLES.inventory, max: 4, name: 'lane' });
  const ledger = new PostgresLedger(pool, 60);
  const clock = new SystemClock();
  const gate = new MemoryGate(clock, (dropId, max) => ledger.customersOf(dropId, max));
  const lanes = new Lanes({
    ledger,
    clock,
    random: Math.random,
    settings: LANE_SETTINGS,
    onNews: (news) => gate.learn(news),
    onDoubt: (dropId) => gate.doubt(dropId),
  });
  return {
    place: new PlaceHold(lanes, gate),
    close: async () => {
      await lanes.close();
      await pool.end();
    },
  };
}

export interface LaneLoad {
  held: number;
  soldOut: number;
  other: number;
  perSecond: number;
}

/** `callers` shoppers at once, each a new customer with a new key for each hold, until `until` says so. */
export async function runLane(
  place: PlaceHold,
  dropId: string,
  { callers, until }: { callers: number; until: (count: number, elapsedMs: number) => boolean },
): Promise<LaneLoad> {
  const load: LaneLoad = { held: 0, soldOut: 0, other: 0, perSecond: 0 };
  const lines = [{ sku: 'A', quantity: 1 }];
  let asked = 0;
  const began = performance.now();
  const shopper = async () => {
    while (!until(asked, performance.now() - began)) {
      asked += 1;
      const answer = await place.run({
        dropId,
        customerId: `cus_${randomId()}`,
        key: `key-${asked}`,
        bodyHash: FINGERPRINT,
        lines,
      });
      if (answer.kind === 'held') load.held += 1;
      else if (answer.kind === 'refused' && answer.reason === 'sold-out') load.soldOut += 1;
      else load.other += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, shopper));
  load.perSecond = (load.held * 1000) / (performance.now() - began);
  return load;
}
