import type { ChangeRecord } from '@holdfast/contracts';
import { groupBy, isDropId, isGhostId } from '@holdfast/kernel';
import type { Fact, FactCounts } from '../ports/fact-counts.port';
import { Projector, type TopicHandler, UnreadableRecord } from './projector';

/**
 * Longer than a fact can be delivered again: a snapshot of the outbox repeats it within a day, and the topics
 * retain that for 48 h and the time to close its segment (6 h).
 */
export const ENTRIES_KEPT_SECONDS = 4 * 86_400;
const DROPS_A_TURN = 100;
const ENTRIES_A_DELETE = 1_000; // a few ms of row locks

export const INBOX_PURGE_EVERY_MS = 600_000;

/** The topics of the outbox's facts; Kafka's settings of them are in `stream-source.ts`. */
export const FACT_TOPICS = ['holdfast.events.hold', 'holdfast.events.order'];

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const FACT_TYPE = /^[a-z0-9.-]{1,100}$/; // as all services name theirs: hold.confirmed.v1

interface FactOfDrop extends Fact {
  dropId: string;
}

/**
 * Counts the facts of each drop: holds confirmed, released, expired; orders paid, failed, refunded. Facts are
 * delivered at least once, and again after a loss of position: an inbox by id, updated by the statement that
 * counts, makes each count once.
 */
export class CountFacts {
  private readonly projector: Projector;

  constructor(
    private readonly counts: FactCounts,
    private readonly onCounted: (type: string, facts: number) => void,
    onUnreadable: (record: ChangeRecord, reason: string) => void,
  ) {
    const handler: TopicHandler<FactOfDrop> = { decode: readFact, apply: (facts) => this.count(facts) };
    this.projector = new Projector(
      Object.fromEntries(FACT_TOPICS.map((topic) => [topic, handler])),
      onUnreadable,
    );
  }

  apply(records: readonly ChangeRecord[]): Promise<void> {
    return this.projector.apply(records);
  }

  private async count(facts: readonly FactOfDrop[]): Promise<void> {
    for (const [dropId, ofDrop] of groupBy(facts, (fact) => fact.dropId)) {
      if (isGhostId(dropId)) continue; // a rehearsal sells nothing
      const fresh = await this.counts.count(dropId, ofDrop);
      for (const [type, count] of fresh) this.onCounted(type, count);
    }
  }

  /**
   * Deletes inbox entries of facts that cannot arrive again, drop by drop in bounded deletes. Returns how
   * many.
   */
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

/** Rejects facts that the database could not store. */
function readFact({ fact }: ChangeRecord): FactOfDrop {
  if (!fact) throw new UnreadableRecord('it is no fact');
  if (!UUID.test(fact.id)) throw new UnreadableRecord('its id is no UUID');
  if (!FACT_TYPE.test(fact.type)) throw new UnreadableRecord('its type is no name');
  const { dropId } = (fact.payload ?? {}) as { dropId?: unknown };
  if (typeof dropId !== 'string' || !isDropId(dropId))
    throw new UnreadableRecord('its payload names no drop');
  return { id: fact.id, type: fact.type, dropId };
}
