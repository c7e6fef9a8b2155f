import type { LiveMessage, StockRow } from '@holdfast/contracts';
import { TestClock, waitFor } from '@holdfast/testing';
import { MirroredStockView } from './mirrored-stock-view';

const row = (version: number, sku = 'A', dropId = 'done'): StockRow => ({
  dropId,
  sku,
  total: 100,
  available: 100 - version,
  held: version,
  sold: 0,
  epoch: 0,
  version,
  asOf: '2026-11-22T04:00:00.000Z',
});

function make(rowsMax?: number) {
  const clock = new TestClock(1_000);
  const state = {
    position: 'l:1' as string | null,
    rows: [row(1), row(1, 'B')],
    ledger: [row(5), row(5, 'B')],
    viewIsAway: false,
    ledgerIsAway: false,
    ledgerHangs: false,
    intact: true,
    looks: 0,
    reads: 0,
    ledgerReads: 0,
  };
  const told: LiveMessage[] = [];
  const away = new Error('away');
  const mirror = new MirroredStockView({
    view: {
      position: async () => {
        state.looks += 1;
        if (state.viewIsAway) throw away;
        return state.position;
      },
      read: async (dropId) => {
        state.reads += 1;
        if (state.viewIsAway) throw away;
        return { rows: state.rows.map((it) => ({ ...it, dropId })), position: state.position };
      },
    },
    ledger: async (dropId) => {
      state.ledgerReads += 1;
      if (state.ledgerIsAway) throw away;
      if (state.ledgerHangs) return new Promise<never>(() => undefined);
      return state.ledger.map((it) => ({ ...it, dropId }));
    },
    lease: {
      since: null,
      get isIntact() {
        return state.intact;
      },
    },
    tell: (message) => told.push(message),
    onTrouble: () => undefined,
    clock,
    ...(rowsMax === undefined ? {} : { rowsMax }),
  });
  const versions = async (dropId = 'done') => (await mirror.ofDrop(dropId)).map(({ version }) => version);
  return { clock, state, told, mirror, versions };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the mirror of a gateway', () => {
  it('reads a drop once for all who ask, and keeps it', async () => {
    const { state, versions } = make();
    await Promise.all([versions(), versions(), versions()]);
    await versions();
    expect(state.reads).toBe(1);
  });

  it('takes what is newer, tells it once, and never goes back', async () => {
    const { mirror, told, versions } = make();
    await versions();
    told.length = 0;
    mirror.onStock('done', [row(3)], 'l:2');
    mirror.onStock('done', [row(2)], 'l:3');
    mirror.onStock('done', [row(3)], 'l:2');
    expect(await versions()).toEqual([3, 1]);
    expect(told).toEqual([{ kind: 'stock', dropId: 'done', rows: [row(3)] }]);
  });

  it('takes a row that completes one of the release before, once', async () => {
    const { mirror, told, versions } = make();
    await versions();
    mirror.onStock('done', [{ ...row(3), unmarked: true }], 'l:2');
    told.length = 0;
    mirror.onStock('done', [row(3)], 'l:3');
    mirror.onStock('done', [row(3)], 'l:3');
    expect(told).toEqual([{ kind: 'stock', dropId: 'done', rows: [row(3)] }]);
    expect((await mirror.ofDrop('done'))[0]).toEqual(row(3));
  });

  it('passes on the counts of drops that it does not keep', () => {
    const { mirror, told } = make();
    mirror.onStock('done', [row(3)], 'l:2');
    expect(told).toEqual([{ kind: 'stock', dropId: 'done', rows: [row(3)] }]);
    expect(mirror.stats().drops).toBe(0);
  });

  it('reads the drop again when a message is missing, or comes from another life of the view', async () => {
    for (const position of ['l:3', 'm:2', null]) {
      const { mirror, state, versions } = make();
      await versions();
      Object.assign(state, { position: 'l:9', rows: [row(8), row(9, 'B')] });
      mirror.onStock('done', [row(4)], position);
      await waitFor('read again', () => state.reads === 2, { deadlineMs: 1_000 });
      expect(await versions()).toEqual([8, 9]);
      mirror.onStock('done', [row(10)], 'l:10');
      await settled();
      expect(state.reads).toBe(2);
    }
  });

  it('waits a moment for a change that is on its way, rather than read all again', async () => {
    const { mirror, state, versions } = make();
    await versions();
    state.position = 'l:2';
    const caughtUp = mirror.catchUp('done');
    setTimeout(() => mirror.onStock('done', [row(2)], 'l:2'), 12);
    expect(await caughtUp).toBe(true);
    expect(await versions()).toEqual([2, 1]);
    expect(state.reads).toBe(1);
  });

  it('reads only the position if nothing has changed', async () => {
    const { mirror, state, versions } = make();
    await versions();
    expect(await mirror.catchUp('done')).toBe(true);
    await mirror.compare();
    expect([state.looks, state.reads, state.ledgerReads]).toEqual([2, 1, 0]);
  });

  it('asks the ledger for a drop that the view does not have whole', async () => {
    const { state, versions, mirror } = make();
    state.position = null;
    expect(await versions()).toEqual([5, 5]);
    expect(await mirror.catchUp('done')).toBe(true);
    expect(state.ledgerReads).toBe(2);
  });

  it('asks the ledger before it lets somebody in while nobody has renewed the lease of the view', async () => {
    const { state, versions, mirror } = make();
    await versions();
    state.intact = false;
    expect(await mirror.catchUp('done')).toBe(true);
    expect(await versions()).toEqual([5, 5]);
    state.ledgerIsAway = true;
    expect(await mirror.catchUp('done')).toBe(false);
  });

  it('gives what it has when nobody answers, and asks again after a rest', async () => {
    const { clock, state, versions } = make();
    state.viewIsAway = state.ledgerIsAway = true;
    expect(await versions()).toEqual([]);
    await versions();
    expect(state.ledgerReads).toBe(1);
    state.viewIsAway = false;
    clock.ms += 300;
    expect(await versions()).toEqual([1, 1]);
  });

  it('lets nobody wait long for a ledger that hangs', async () => {
    const { state, versions, mirror } = make();
    state.viewIsAway = state.ledgerHangs = true;
    const begun = performance.now();
    expect(await Promise.all([versions(), versions()])).toEqual([[], []]);
    await versions();
    expect(performance.now() - begun).toBeLessThan(5_000); // this ledger never answers
    expect(await mirror.catchUp('done')).toBe(false);
  });

  it('reads all drops from the ledger, and has their records read again, when it polls', async () => {
    const { mirror, told, versions } = make();
    await versions();
    told.length = 0;
    await mirror.poll();
    expect(await versions()).toEqual([5, 5]);
    expect(told.map(({ kind }) => kind)).toEqual(['stock', 'drop']);
  });

  it('lets go of what nobody asks for, and of the longest unused beyond its bound', async () => {
    const { clock, mirror, versions } = make(4);
    await versions('done');
    clock.ms += 50_000;
    await versions('dtwo');
    clock.ms += 20_000;
    mirror.tidy();
    expect(mirror.stats().drops).toBe(1);
    await versions('dthree');
    await versions('dtwo');
    await versions('dfour');
    mirror.tidy();
    expect(mirror.stats().drops).toBe(2);
    const kept = await versions('dtwo');
    expect(kept).toEqual([1, 1]);
  });
});
