import type { LiveMessage, StockRow } from '@holdfast/contracts';
import { SystemClock } from '@holdfast/kernel';
import { waitFor } from '@holdfast/testing';
import { InProcessFeed } from '@holdfast/contracts';
import { LeaseWatch } from './lease-watch';
import { MirroredStockView } from './mirrored-stock-view';
import { ViewLink } from './view-link';

const row = (version: number): StockRow => ({
  dropId: 'done',
  sku: 'A',
  total: 9,
  available: 9,
  held: 0,
  sold: 0,
  epoch: 0,
  version,
  asOf: '2026-11-22T04:00:00.000Z',
});
const LEASE = JSON.stringify({ kind: 'lease', lastsMs: 2_000, asOf: '2026-11-22T04:00:00.000Z' });

async function setup() {
  const state = { viewIsAway: false, ledgerIsAway: false, position: 'l:1' as string | null, version: 1 };
  const answer = async <T>(isAway: boolean, it: T) => {
    if (isAway) throw new Error('away');
    return it;
  };
  const told: LiveMessage[] = [];
  const feed = new InProcessFeed();
  feed.subscribe((message) => told.push(message));
  const clock = new SystemClock();
  const lease = new LeaseWatch(clock, feed.publish);
  const mirror = new MirroredStockView({
    view: {
      position: () => answer(state.viewIsAway, state.position),
      read: () => answer(state.viewIsAway, { rows: [row(state.version)], position: state.position }),
    },
    ledger: () => answer(state.ledgerIsAway, [row(state.version)]),
    lease,
    tell: feed.publish,
    onTrouble: () => undefined,
    clock,
  });
  type On = { onMessage(channel: string, text: string): void; onUp(): void; onDown(): void };
  let on: On = { onMessage: () => undefined, onUp: () => undefined, onDown: () => undefined };
  const open = (listener: On) => {
    on = listener;
    return { subscribe: async () => undefined, close: () => undefined };
  };
  const link = new ViewLink({ open, mirror, lease, feed, onTrouble: () => undefined, everyMs: 60_000 });
  link.start();
  await mirror.ofDrop('done');
  const renew = () => on.onMessage('', LEASE);
  const isFresh = () => (renew(), lease.since === null);
  return { state, mirror, link, lease, isFresh, blip: () => (on.onDown(), on.onUp()), up: () => on.onUp() };
}
const shown = async (mirror: MirroredStockView) => (await mirror.ofDrop('done'))[0]!.version;

describe('the link of a gateway with the projectors', () => {
  let link: ViewLink | undefined;
  afterEach(() => link?.stop());

  it('calls no count fresh that it could not read again after a blip', async () => {
    const { state, mirror, isFresh, up, ...it } = await setup();
    link = it.link;
    Object.assign(state, { version: 2, position: 'l:2', viewIsAway: true, ledgerIsAway: true });
    up();
    const until = performance.now() + 600;
    await waitFor('some tries', () => {
      expect(isFresh()).toBe(false);
      return performance.now() > until;
    });
    state.viewIsAway = false;
    await waitFor('it is fresh', isFresh);
    expect(await shown(mirror)).toBe(2);
  });

  it('takes from the ledger what the view does not have whole', async () => {
    const { state, mirror, isFresh, up, ...it } = await setup();
    link = it.link;
    Object.assign(state, { version: 2, position: null });
    up();
    await waitFor('it is fresh', isFresh);
    expect(await shown(mirror)).toBe(2);
  });

  it('tries no more for a connection that is gone', async () => {
    const { state, isFresh, up, blip, ...it } = await setup();
    link = it.link;
    Object.assign(state, { viewIsAway: true, ledgerIsAway: true });
    up();
    state.viewIsAway = false;
    blip();
    await waitFor('it is fresh', isFresh);
  });
});
