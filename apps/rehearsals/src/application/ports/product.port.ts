import type { ClientLog, DropBooks, Promises, Verdict } from '@holdfast/audit';

/** The product that rehearses, as its run state tells. */
export interface RunningProduct {
  mode: 'standalone' | 'cluster';
  /** Origin to which shoppers are sent. */
  address: string;
}

export interface GhostFacts {
  name: string;
  perCustomerLimit: number;
  holdTtlSeconds: number;
  skus: number;
  /** Whether shoppers see numbers. */
  showsCounts: boolean;
}

/** What the product and its ledger say of a ghost. Reads only. */
export abstract class Product {
  /** Rejects when the product is not reachable. */
  abstract find(signal: AbortSignal): Promise<RunningProduct>;
  abstract facts(ghostId: string): Promise<GhostFacts>;
  /** Waits until no order of the ghost is open, until `signal` at most. */
  abstract settle(ghostId: string, signal: AbortSignal): Promise<DropBooks>;
  /** What shoppers were answered against the ledger. */
  abstract promises(ghostId: string, log: ClientLog): Promise<Promises>;
  /** All invariants of the ghost, and its counts at every gateway. */
  abstract verify(ghostId: string): Promise<Verdict>;
  /** The pass that makes the ghost visible. */
  abstract passOf(ghostId: string): string;
}
