import { DeadlineExceeded, withDeadline } from '@holdfast/kernel';
import type { PlaceOrder, PlaceOrderOutcome } from '@holdfast/contracts';

interface Leader {
  fingerprint: string;
  outcome: Promise<PlaceOrderOutcome>;
  followers: number;
}

// A shopper sends one or two copies. Each waiting copy is an open request at a gateway, where one address may have 200.
const FOLLOWERS_MAX = 500;

/**
 * Coalesces requests with the same key in this process: the first one runs, its copies wait for its answer. Between processes the ledger decides,
 * so two runs for one key are slower, never wrong.
 */
export class JoinedRequests {
  private readonly leaders = new Map<string, Leader>();

  /** `waitMs`: how long a copy waits for the first one's answer. */
  constructor(private readonly waitMs: number) {}

  async run(
    { customerId, key, fingerprint }: PlaceOrder,
    lead: () => Promise<PlaceOrderOutcome>,
  ): Promise<PlaceOrderOutcome> {
    const name = `${customerId} ${key}`;
    const leader = this.leaders.get(name);
    if (leader) return leader.fingerprint === fingerprint ? this.follow(leader) : { kind: 'key-reused' };
    const outcome = lead();
    this.leaders.set(name, { fingerprint, outcome, followers: 0 });
    try {
      return await outcome;
    } finally {
      this.leaders.delete(name);
    }
  }

  private async follow(leader: Leader): Promise<PlaceOrderOutcome> {
    if (leader.followers >= FOLLOWERS_MAX) return { kind: 'in-progress' };
    leader.followers += 1;
    try {
      const outcome = await withDeadline('the first request of the key', this.waitMs, leader.outcome);
      return outcome.kind === 'answered' ? { ...outcome, replayed: true } : outcome;
    } catch (error) {
      if (error instanceof DeadlineExceeded) return { kind: 'in-progress' };
      throw error;
    } finally {
      leader.followers -= 1;
    }
  }
}
