import type { Network } from './hold';

/**
 * What is surely gone in a drop at one moment, and everybody who could be told something other than "sold out": a certificate with which a
 * gateway may refuse by itself for a short while. Units that come back, and customers who get units, are not in it: it ages.
 */
export interface Shortage {
  dropId: string;
  perCustomerLimit: number;
  /** How long the drop stays open from that moment, null without an end; 0 when it is not open. */
  openForMs: number | null;
  /** Units on offer of each SKU that is surely known. */
  available: { sku: string; units: number }[];
  /**
   * All customers who have or had units in the drop, or were sent on to the ledger to get some; and the networks (`networkNames`) that are
   * near their limit, which comes before "sold out".
   */
  customers: string[];
}

/** How a network and its block stand in lists of those who must not be refused as "sold out" without asking the ledger. */
export function networkNames(network: Network | null | undefined): string[] {
  if (!network) return [];
  const { id, blockId } = network;
  return blockId === null ? [networkName(id)] : [networkName(id), networkName(blockId)];
}

/** No customer's id looks like it. */
export function networkName(id: number): string {
  return `net_${id}`;
}
