import type { Allowance, Quota } from '../../domain/gcra';

/**
 * A limit, independent of the caller. Its name is a prefix of the caller's key, so that limits do not share
 * counts.
 */
export interface NamedQuota extends Quota {
  name: string;
  /**
   * Gateways that share it ask before they let the first one through. Without it they save that call, which lets a tenth more through
   * for each further gateway, or more where the quota is below ten.
   */
  strict?: boolean;
}

/** Stores how much of a limit each caller has used. A limit is created at its first use. */
export abstract class LimitStore {
  /**
   * Takes one from the caller's allowance, if there is one. Returns a promise only if a remote call is
   * needed; it never rejects, and settles within a fraction of a second.
   */
  abstract take(caller: string, quota: NamedQuota): Allowance | Promise<Allowance>;

  /** What the caller has left, as far as this process knows; takes nothing and makes no call. */
  abstract peek(caller: string, quota: NamedQuota): Allowance;
}
