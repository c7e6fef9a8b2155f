import { bottleneck, type LoadSample } from './bottleneck';

const calm: LoadSample = { cpu: { holdfast: 0.2, postgres: 0.2, k6: 0.1 }, streamLagMs: 20 };
const second = (over: Partial<LoadSample> = {}): LoadSample => ({
  ...calm,
  ...over,
  cpu: { ...calm.cpu, ...over.cpu },
});
const minute = (...busy: LoadSample[]) => [...Array.from({ length: 40 }, () => second()), ...busy];
const found = (...busy: LoadSample[]) => bottleneck(minute(...busy), { cpus: 2 });
const rush = (over: Partial<LoadSample>) =>
  Array.from({ length: 6 }, () => second({ cpu: { holdfast: 0.4, postgres: 0.3, k6: 0.2 }, ...over }));

describe('what saturated first', () => {
  it.each<[string, Partial<LoadSample>, string, RegExp]>([
    ['a full process', { cpu: { holdfast: 0.98 } }, 'the processor of holdfast', /98 %/],
    ['late event loop', { eventLoopMs: { 'gateway-1': 900 } }, 'the event loop of gateway-1', /900 ms/],
    ['a view that lags', { streamLagMs: 4_000 }, 'the change stream', /4000 ms/],
    ['a lane with a queue', { laneWaitMs: 1_200 }, 'the lanes of inventory', /1200 ms/],
    ['slow batches', { batchMs: 800 }, 'the ledger', /800 ms/],
    ['a slow disk', { walFlushShare: 0.8 }, 'the disk of the ledger', /80 %/],
    ['too few connections', { poolWaitMs: 700 }, 'connections to the ledger', /700 ms/],
    ['a slow provider', { providerMs: 3_000 }, 'the payment provider', /3000 ms/],
    ['others at work', { cpu: { other: 1.2 } }, 'other programs on this machine', /60 % of 2/],
    [
      'a full machine',
      { cpu: { postgres: 1.1, k6: 0.85 } },
      'the processors of this machine',
      /of 2 processors/,
    ],
  ])('names %s, with a figure', (_, over, what, evidence) => {
    expect(found(...rush(over))).toEqual({ what, evidence: expect.stringMatching(evidence) as string });
  });

  it('looks at the busiest seconds, not at the average', () => {
    expect(found(...rush({ cpu: { holdfast: 0.97 } }))?.what).toBe('the processor of holdfast');
  });

  it('names the worst of several', () => {
    expect(found(...rush({ laneWaitMs: 600, batchMs: 2_500 }))?.what).toBe('the ledger');
  });

  it('says what was nearest when nothing was saturated', () => {
    expect(found(...rush({}))).toEqual({
      what: 'nothing',
      evidence: expect.stringMatching(/\d %/) as string,
    });
  });

  it('says nothing without samples', () => expect(bottleneck([], { cpus: 2 })).toBeNull());
});
