import type { PlaceCommand } from '../../domain/lane-command';
import { BLOCK_WEIGHT, NETWORK_WEIGHT } from '../../domain/network-budget';
import { intArray } from './ledger-array';

const NO_NETWORKS = { values: ['{}', '{}', '{}', '{}', '{}'], networks: [] };

/**
 * The networks of places as the last parameters of `run-batch.sql`: each network and block is sent once and
 * referenced by ordinal.
 */
export function encodeNetworks(places: readonly PlaceCommand[]): { values: string[]; networks: number[] } {
  if (!places.some(({ network }) => network)) return NO_NETWORKS;
  const ordinals = new Map<number, number>();
  const networks: number[] = [];
  const weights: number[] = [];
  const asked: number[] = [];
  const ask = (id: number | null | undefined, weight: number, units: number): number => {
    if (id === null || id === undefined) return 0;
    let ordinal = ordinals.get(id);
    if (ordinal === undefined) {
      ordinal = networks.push(id);
      ordinals.set(id, ordinal);
      weights.push(weight);
      asked.push(0);
    }
    asked[ordinal - 1]! += units;
    return ordinal;
  };
  const networkOrdinals: number[] = [];
  const blockOrdinals: number[] = [];
  for (const { network, lines } of places) {
    let units = 0;
    for (const { quantity } of lines) units += quantity;
    networkOrdinals.push(ask(network?.id, NETWORK_WEIGHT, units));
    blockOrdinals.push(ask(network?.blockId, BLOCK_WEIGHT, units));
  }
  const values = [networkOrdinals, blockOrdinals, networks, weights, asked].map(intArray);
  return { values, networks };
}
