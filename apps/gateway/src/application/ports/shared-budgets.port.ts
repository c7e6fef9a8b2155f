import type { Quota } from '../../domain/gcra';

export interface LeaseRequest {
  /** Requests let through without a lease since the last one. */
  spent: number;
  /** Requests that wait for this answer. */
  waiting: number;
  /** The most to lease beyond those. */
  slice: number;
}

export interface Lease {
  /** Requests that this gateway may let through without asking. */
  leased: number;
  /** What is left then, to every gateway. */
  left: number;
  /** Milliseconds until one more is left. */
  nextInMs: number;
}

/** There was no answer: the request may have been charged, and a lease that nobody has. */
export class LeaseLost extends Error {}

/** The allowances that all gateways share. Exported by the module that gives a gateway of a cluster its services. */
export abstract class SharedBudgets {
  /**
   * Leases a part of the caller's allowance. Rejects within a small deadline: with `LeaseLost` when it may have been charged, with another error
   * when it surely was not.
   */
  abstract lease(caller: string, quota: Quota, request: LeaseRequest): Promise<Lease>;
}
