import { Share } from './share';

const QUOTA = { name: 'address', quota: 100, windowSeconds: 60 };
const SLICE = 10;
const T = 1_000_000;
const lease = (leased: number, left: number, nextInMs = 600) => ({ leased, left, nextInMs });

/** A share after so many requests that it let through by itself. */
function after(requests: number): Share {
  const share = new Share(QUOTA);
  for (let i = 0; i < requests; i += 1) share.decide(T);
  return share;
}

describe('what a gateway says of a caller at once', () => {
  it.each<[string, () => Share, number, { allowed?: boolean; ask: boolean }]>([
    ['a first request passes', () => after(0), T, { allowed: true, ask: false }],
    [
      'the last one of a slice passes, and a lease is asked for',
      () => after(SLICE - 1),
      T,
      { allowed: true, ask: true },
    ],
    ['the next one needs the lease', () => after(SLICE), T, { ask: true }],
    [
      'one out of a lease passes',
      () => {
        const share = after(SLICE);
        share.answered(share.request(1), lease(SLICE, 80), T);
        return share;
      },
      T,
      { allowed: true, ask: false },
    ],
    [
      'with little of a lease left the next one is asked for',
      () => {
        const share = after(SLICE);
        share.answered(share.request(1), lease(3, 80), T);
        return share;
      },
      T,
      { allowed: true, ask: true },
    ],
    [
      'nothing left to anybody is a refusal, and no question',
      () => {
        const share = after(SLICE);
        share.answered(share.request(1), lease(0, 0), T);
        return share;
      },
      T + 599,
      { allowed: false, ask: false },
    ],
    [
      'when something is back, it is asked for',
      () => {
        const share = after(SLICE);
        share.answered(share.request(1), lease(0, 0), T);
        return share;
      },
      T + 600,
      { ask: true },
    ],
    [
      'without an answer the gateway goes on alone',
      () => {
        const share = after(SLICE);
        share.unanswered(share.request(1), true, T);
        return share;
      },
      T + 499,
      { allowed: true, ask: false },
    ],
    [
      'alone, too, the whole limit holds',
      () => {
        const share = after(SLICE);
        share.unanswered(share.request(0), true, T);
        for (let i = SLICE; i < QUOTA.quota; i += 1) share.decide(T);
        return share;
      },
      T,
      { allowed: false, ask: false },
    ],
  ])('%s', (_, make, at, expected) => {
    const { allowance, ask } = make().decide(at);
    expect({ ...(allowance && { allowed: allowance.allowed }), ask }).toEqual(expected);
  });
});

describe('what is charged after a question without an answer', () => {
  it('is not charged again when it may have been, and is when it surely was not', () => {
    for (const [maybeCharged, spent] of [
      [true, 0],
      [false, SLICE],
    ] as const) {
      const share = after(SLICE);
      share.unanswered(share.request(0), maybeCharged, T);
      expect(share.request(0).spent).toBe(spent);
      share.decide(T + 1);
      expect(share.request(0).spent).toBe(spent + 1);
    }
  });

  it('counts those once who waited for it', () => {
    const share = after(SLICE);
    share.unanswered(share.request(3), true, T);
    for (let i = 0; i < 3; i += 1) expect(share.decide(T + 1).allowance?.allowed).toBe(true);
    expect(share.request(0).spent).toBe(0);
    share.decide(T + 1);
    expect(share.request(0).spent).toBe(1);
  });

  it('leases nothing in advance until there is an answer', () => {
    const share = after(SLICE);
    expect(share.request(1).slice).toBe(SLICE);
    share.unanswered(share.request(1), true, T);
    expect(share.request(1)).toMatchObject({ waiting: 1, slice: 0 });
    share.unanswered(share.request(1), false, T);
    expect(share.request(1).slice).toBe(0);
    share.answered(share.request(1), lease(1, 50), T);
    expect(share.request(1).slice).toBe(SLICE);
  });
});
