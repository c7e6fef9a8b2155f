import type { LiveFeed, LiveMessage } from '@holdfast/contracts';
import { waitFor } from '@holdfast/testing';

const drop = (revision: number): LiveMessage => ({ kind: 'drop', dropId: 'dcontract', revision });

/** A feed with its two ends. */
export interface WholeFeed extends LiveFeed {
  publish(message: LiveMessage): void | Promise<void>;
}

/** What every live feed must do. `make` gives a feed that only this suite publishes on. */
export function liveFeedContract(name: string, make: () => Promise<WholeFeed>): void {
  describe(`the live feed in ${name}`, () => {
    const listening = (feed: LiveFeed) => {
      const heard: LiveMessage[] = [];
      return { heard, end: feed.subscribe((message) => heard.push(message)) };
    };
    const hears = async (heard: LiveMessage[], wanted: LiveMessage[]) => {
      await waitFor('the messages arrive', () => heard.length >= wanted.length);
      expect(heard).toEqual(wanted);
    };

    it('brings every message to every listener in the order of publishing', async () => {
      const feed = await make();
      const [one, two] = [listening(feed), listening(feed)];
      const messages: LiveMessage[] = [
        ...Array.from({ length: 50 }, (_, i) => drop(i)),
        { kind: 'stale', since: '2026-11-22T04:00:00.000Z' },
        { kind: 'fresh' },
      ];
      for (const message of messages) await feed.publish(message);
      await hears(one.heard, messages);
      await hears(two.heard, messages);
    });

    it('says nothing to whom it never met: what nobody listened to is simply gone', async () => {
      const feed = await make();
      const early = listening(feed);
      await feed.publish(drop(1));
      await hears(early.heard, [drop(1)]);
      early.end();
      const late = listening(feed);
      await feed.publish(drop(2));
      await hears(late.heard, [drop(2)]);
    });

    it('brings counts as they were given', async () => {
      const feed = await make();
      const { heard } = listening(feed);
      const row = { dropId: 'dcontract', total: 3, available: 1, held: 1, sold: 1, epoch: 2, version: 9 };
      const rows = ['A', 'say "é" [1,2] \\ 🎁'].map((sku) => ({
        ...row,
        sku,
        asOf: '2026-11-22T04:00:00.123Z',
      }));
      await feed.publish({ kind: 'stock', dropId: 'dcontract', rows });
      await hears(heard, [{ kind: 'stock', dropId: 'dcontract', rows }]);
    });

    it('leaves alone who unsubscribed, once and again, and keeps the others', async () => {
      const feed = await make();
      const [gone, there] = [listening(feed), listening(feed)];
      gone.end();
      gone.end();
      await feed.publish(drop(1));
      await hears(there.heard, [drop(1)]);
      expect(gone.heard).toEqual([]);
    });

    it('brings the message to the others when a listener throws', async () => {
      const feed = await make();
      feed.subscribe(() => {
        throw new Error('a defect of the listener');
      });
      const other = listening(feed);
      await feed.publish(drop(1));
      await feed.publish(drop(2));
      await hears(other.heard, [drop(1), drop(2)]);
    });

    it('lets a listener unsubscribe itself while it hears a message', async () => {
      const feed = await make();
      const heard: LiveMessage[] = [];
      const end = feed.subscribe((message) => {
        heard.push(message);
        end();
      });
      const other = listening(feed);
      await feed.publish(drop(1));
      await feed.publish(drop(2));
      await hears(other.heard, [drop(1), drop(2)]);
      expect(heard).toEqual([drop(1)]);
    });
  });
}
