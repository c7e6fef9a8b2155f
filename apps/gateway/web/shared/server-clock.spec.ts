import { stateNow } from './drop-state';
import { clock, untilMs } from './server-clock';

// Tests without a browser. The page's clock, which never stops, is created after this, with timers that end
// with the test.
jest.mock('@preact/signals', () => {
  jest.useFakeTimers();
  return jest.requireActual<object>('@preact/signals-core');
});

const IN_A_MINUTE = '2026-01-01T00:01:00.000Z';

describe('the server’s time on the page', () => {
  it('is not guessed by the shopper’s clock: until it is heard nothing is over and nothing opens', () => {
    jest.setSystemTime(Date.parse('2099-01-01T00:00:00Z'));
    expect([clock.now(), untilMs(IN_A_MINUTE)]).toEqual([undefined, undefined]);
    expect(stateNow({ state: 'scheduled', opensAt: IN_A_MINUTE, closesAt: null })).toBe('scheduled');
    expect(stateNow({ state: 'open', opensAt: null, closesAt: IN_A_MINUTE })).toBe('open');
  });

  it('is taken from the Date of an answer until the shop tells it, and counts on by itself', () => {
    clock.heardDate(new Date('2026-01-01T00:00:00Z').toUTCString());
    expect(untilMs(IN_A_MINUTE)).toBe(60_000);
    clock.heard('2026-01-01T00:00:00.900Z');
    clock.heardDate(new Date('2026-02-01T00:00:00Z').toUTCString());
    expect(untilMs(IN_A_MINUTE)).toBe(59_100);
    jest.advanceTimersByTime(30_000);
    jest.setSystemTime(Date.parse('1999-01-01T00:00:00Z'));
    expect(untilMs(IN_A_MINUTE)).toBe(29_100);
    expect(stateNow({ state: 'open', opensAt: null, closesAt: IN_A_MINUTE })).toBe('open');
  });
});
