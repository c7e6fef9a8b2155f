import type { ChangeRecord } from '@holdfast/contracts';
import { groupBy } from '@holdfast/kernel';
import type { Fact, FactCounts } from './ports/fact-counts.port';

/**
 * Longer than a fact can come again: a snapshot of the outbox tells it once more within a day, and the topics keep that for 48 h and what it takes
 * to close its segment (6 h).
 */
export const ENTRIES_KEPT_SECONDS = 4 * 86_400;
const DROPS_A_TURN = 100;
const ENTRIES_A_DELETE = 1_000; // a few ms of row locks

export const INBOX_PURGE_EVERY_MS = 600_000;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const DROP_ID = /^[a-z][0-9a-z]{2,31}$/;
const FACT_TYPE = /^[a-z0-9.-]{1,100}$/; // as all services name theirs: hold.confirmed.v1

/**
 * Counts what happened in each drop: holds confirmed, released, expired; orders paid, failed, refunded. Facts come at least once, and again after
 * a loss of position: an inbox by their id, in the statement that counts, makes each count once.
 */
export class CountFacts {
  constructor(
    private readonly counts: FactCounts,
    private readonly onCounted: (type: string, facts: number) => void,
    private readonly onPoison: (record: ChangeRecord, reason: string) => void,
  ) {}

  async apply(records: readonly ChangeRecord[]): Promise<void> {
    const facts: (Fact & { dropId: string })[] = [];
    for (const record of records) {
      const read = readFact(record);
      if (typeof read === 'string') this.onPoison(record, read);
      else facts.push(read);
    }
    for (const [dropId, ofDrop] of groupBy(facts, (fact) => fact.dropId)) {
      const fresh = await this.counts.count(dropId, ofDrop);
      for (const [type, count] of fresh) this.onCounted(type, count);
    }
  }

  /** Forgets what cannot come again, drop by drop in bounded deletes. Returns how many entries. */
  async forgetOldEntries(): Promise<number> {
    let forgotten = 0;
    for (const dropId of await this.counts.dropsWithOldEntries(ENTRIES_KEPT_SECONDS, DROPS_A_TURN)) {
      let deleted: number;
      do {
        deleted = await this.counts.forget(dropId, ENTRIES_KEPT_SECONDS, ENTRIES_A_DELETE);
        forgotten += deleted;
      } while (deleted === ENTRIES_A_DELETE);
    }
    return forgotten;
  }
}

/** What the database would choke on is found here: one such fact must not hold up all that follow. The reason, when it cannot be read. */
function readFact({ fact, unreadable }: ChangeRecord): (Fact & { dropId: string }) | string {
  if (unreadable !== undefined) return unreadable;
  if (!fact) return 'it is no fact';
  if (!UUID.test(fact.id)) return 'its id is no UUID';
  if (!FACT_TYPE.test(fact.type)) return 'its type is no name';
  const { dropId } = (fact.payload ?? {}) as { dropId?: unknown };
  if (typeof dropId !== 'string' || !DROP_ID.test(dropId)) return 'its payload names no drop';
  return { id: fact.id, type: fact.type, dropId };
}
