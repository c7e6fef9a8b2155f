import { z } from 'zod';
import type { Network } from './hold';

/**
 * What is certainly sold out in a drop at one moment, and everyone whose answer could be other than "sold
 * out". With this certificate a gateway may refuse on its own, for a short time only, because later changes
 * are not in it.
 */
export const shortageSchema = z.object({
  dropId: z.string(),
  perCustomerLimit: z.number(),
  /** How long the drop stays open from that moment; null: without an end; 0: not open. */
  openForMs: z.number().nullable(),
  /** Available units of each SKU for which they are certain. */
  available: z.array(z.object({ sku: z.string(), units: z.number() })),
  /**
   * All customers who have or had units in the drop, or may be getting some from the ledger now; and the
   * networks (`networkNames`) that are near their limit, a refusal that takes precedence over "sold out".
   */
  customers: z.array(z.string()),
});
export type Shortage = z.infer<typeof shortageSchema>;

/**
 * The names of a network and its block in lists of those who must not be refused without asking the ledger.
 */
export function networkNames(network: Network | null | undefined): string[] {
  if (!network) return [];
  const { id, blockId } = network;
  return blockId === null ? [networkName(id)] : [networkName(id), networkName(blockId)];
}

/** Cannot be confused with a customer's id. */
export function networkName(id: number): string {
  return `net_${id}`;
}
