import type { Allowance, Quota } from '../../domain/gcra';

/** What a limit is, apart from who asks. The name stands before the caller's key, so that no two limits share a count. */
export interface NamedQuota extends Quota {
  name: string;
}

/** Keeps who has used how much of a limit. Any quota will do; a limit is made by naming it. */
export abstract class LimitStore {
  /**
   * Takes one from the caller's allowance, if there is one. A promise only where something has to be asked elsewhere; it never rejects,
   * and is kept within a fraction of a second.
   */
  abstract take(caller: string, quota: NamedQuota): Allowance | Promise<Allowance>;

  /** What the caller has left, as far as this process knows, without taking anything or asking anybody. */
  abstract peek(caller: string, quota: NamedQuota): Allowance;
}
