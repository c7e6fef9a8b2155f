import type { Quota } from '../../domain/gcra';

export interface LeaseRequest {
  /** Requests admitted without a lease since the last call. */
  spent: number;
  /** Requests that wait for this answer. */
  waiting: number;
  /** Maximum number of requests to lease beyond those. */
  slice: number;
}

export interface Lease {
  /** Requests that this gateway may admit without asking. */
  leased: number;
  /** Requests left for all gateways. */
  left: number;
  /** Milliseconds until one more is available. */
  nextInMs: number;
}

/** No answer: the request may have been charged, and its lease is lost. */
export class LeaseLost extends Error {}

/** The allowances shared by all gateways. */
export abstract class SharedBudgets {
  /**
   * Leases a part of the caller's allowance. Rejects within a short deadline: with `LeaseLost` if it may have
   * been charged, with another error if it certainly was not.
   */
  abstract lease(caller: string, quota: Quota, request: LeaseRequest): Promise<Lease>;
}
