import type { ChangeFact, ChangeFacts } from '@holdfast/contracts';
import { groupBy } from '@holdfast/kernel';
import { linkFacts } from '../domain/link-facts';
import type { AccountsStore } from './ports/accounts-store.port';

const OWN = 'accounts';
const FACTS_MAX = 500; // of one transaction: about 20 ms under the lock of one merchant's chain

/**
 * Puts facts into the chain of their merchant. One writer at a time for each merchant, whatever the number of instances: the chain is locked until the
 * commit. A fact and its mark are one transaction, so a crash before it chains nothing, and after it nothing is chained again.
 */
export class AuditChain {
  constructor(private readonly store: AccountsStore) {}

  /** The facts of accounts itself. True: there may be more. */
  async chainOwn(): Promise<boolean> {
    const merchants = await this.store.merchantsToChain();
    return forEach(merchants, (merchantId) => this.chainOwnOf(merchantId));
  }

  /** The facts of another service. True: there may be more. */
  async collect(source: string, facts: ChangeFacts): Promise<boolean> {
    const found = await facts.factsToChain(FACTS_MAX);
    const byMerchant = [...groupBy(found, ({ merchantId }) => merchantId)];
    await forEach(byMerchant, async ([merchantId, ofMerchant]) => {
      await this.chainOthers(merchantId, source, ofMerchant);
      await facts.factsChained(ofMerchant.map(({ factId }) => factId));
      return false;
    });
    return found.length > 0;
  }

  private chainOwnOf(merchantId: string): Promise<boolean> {
    return this.store.within(merchantId, async ({ audit }) => {
      await audit.lock();
      const facts = await audit.factsToChain(FACTS_MAX);
      if (facts.length === 0) return false; // another instance has chained them
      await audit.append(OWN, linkFacts(await audit.head(), facts));
      await audit.markChained(facts.map(({ factId }) => factId));
      return true;
    });
  }

  /** The mark is in another database, or may be: what was chained before, and not marked, is left out here. */
  private chainOthers(merchantId: string, source: string, facts: readonly ChangeFact[]): Promise<void> {
    return this.store.within(merchantId, async ({ audit }) => {
      await audit.lock();
      const factIds = facts.map(({ factId }) => factId);
      const chained = await audit.chained(source, factIds);
      const fresh = facts.filter(({ factId }) => !chained.has(factId));
      if (fresh.length > 0) await audit.append(source, linkFacts(await audit.head(), fresh));
    });
  }
}

/** One after the other; the trouble of one keeps nothing from the rest, and is thrown at the end. */
async function forEach<T>(items: readonly T[], work: (item: T) => Promise<boolean>): Promise<boolean> {
  let more = false;
  let trouble: unknown;
  for (const item of items) {
    try {
      more = (await work(item)) || more;
    } catch (error) {
      trouble ??= error;
    }
  }
  if (trouble !== undefined) throw trouble as Error;
  return more;
}
