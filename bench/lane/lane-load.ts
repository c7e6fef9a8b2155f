import { fingerprintOf, randomId } from '@holdfast/kernel';
import type { Inventory } from '../../test/support/inventory';

const FINGERPRINT = fingerprintOf('{"lines":[{"sku":"A","quantity":1}]}');

export interface LaneLoad {
  held: number;
  soldOut: number;
  other: number;
  perSecond: number;
}

const randomNetwork = () => Math.floor(Math.random() * 2 ** 48);

/** `callers` shoppers at once, each a new customer with a new key for each hold, until `until` says so; with `networks` each from a network of its own. */
export async function runLane(
  { client }: Inventory,
  dropId: string,
  {
    callers,
    networks = false,
    until,
  }: { callers: number; networks?: boolean; until: (count: number, elapsedMs: number) => boolean },
): Promise<LaneLoad> {
  const load: LaneLoad = { held: 0, soldOut: 0, other: 0, perSecond: 0 };
  const lines = [{ sku: 'A', quantity: 1 }];
  let asked = 0;
  const began = performance.now();
  const shopper = async () => {
    while (!until(asked, performance.now() - began)) {
      asked += 1;
      const answer = await client.placeHold({
        dropId,
        customerId: `cus_${randomId()}`,
        key: `key-${asked}`,
        fingerprint: FINGERPRINT,
        lines,
        network: networks ? { id: randomNetwork(), blockId: null } : null,
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
