import { DeadlineExceeded, withDeadline } from '@holdfast/kernel';
import type { PlaceOrder, PlaceOrderOutcome } from '@holdfast/contracts';

interface Leader {
  bodyHash: string;
  outcome: Promise<PlaceOrderOutcome>;
  followers: number;
}

// A shopper sends one or two copies. Each that waits is a request that a gateway keeps open, of which one address has 200 at most.
const FOLLOWERS_MAX = 500;

/**
 * Requests with one key in this process: the first runs, its copies wait for the answer and cost nothing else. Between processes the ledger
 * decides, so two leaders of one key are slower, never wrong.
 */
export class JoinedRequests {
  private readonly leaders = new Map<string, Leader>();

  /** `waitMs`: a copy waits that long for the first one's answer. */
  constructor(private readonly waitMs: number) {}

  async run(
    { customerId, key, bodyHash }: PlaceOrder,
    lead: () => Promise<PlaceOrderOutcome>,
  ): Promise<PlaceOrderOutcome> {
    const name = `${customerId} ${key}`;
    const leader = this.leaders.get(name);
    if (leader) return leader.bodyHash === bodyHash ? this.follow(leader) : { kind: 'key-reused' };
    const outcome = lead();
    this.leaders.set(name, { bodyHash, outcome, followers: 0 });
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
