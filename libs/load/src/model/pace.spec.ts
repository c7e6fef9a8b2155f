import { Pace } from './pace';

/** A clock whose timers are late by `timerMs`. */
function paceAt(dueMs: number, { now = 0, timerMs = 0 } = {}) {
  const timers: number[] = [];
  const clock = {
    now: () => now,
    pause: (ms: number) => {
      now += ms + timerMs;
      return Promise.resolve();
    },
    onTimer: (ms: number) => void timers.push(ms),
  };
  const pace = new Pace(dueMs, clock);
  /** A request whose answer takes `ms`. */
  const ask = async (ms: number) => {
    const lateMs = await pace.arrive();
    const sentMs = now;
    now += ms;
    return { lateMs, latencyMs: pace.answered(sentMs) };
  };
  return { pace, ask, timers };
}

describe('the pace of a shopper', () => {
  it('waits until a request is due, and measures the answer alone', async () => {
    const { pace, ask, timers } = paceAt(1_000);
    expect(await ask(20)).toEqual({ lateMs: 0, latencyMs: 20 });
    pace.think(300);
    expect(await ask(30)).toEqual({ lateMs: 0, latencyMs: 30 });
    expect(timers).toEqual([0, 0]);
  });

  it('counts the wait for a virtual user as latency, with no timer to blame', async () => {
    const { ask, timers } = paceAt(1_000, { now: 4_000 });
    expect(await ask(20)).toEqual({ lateMs: 3_000, latencyMs: 3_020 });
    expect(timers).toEqual([]);
  });

  it('stays late with every request until a pause makes up for it', async () => {
    const { pace, ask } = paceAt(1_000, { now: 1_500 });
    expect(await ask(100)).toEqual({ lateMs: 500, latencyMs: 600 });
    expect(await ask(100)).toEqual({ lateMs: 500, latencyMs: 600 });
    pace.think(200);
    expect(await ask(100)).toEqual({ lateMs: 300, latencyMs: 400 });
    pace.think(700);
    expect(await ask(100)).toEqual({ lateMs: 0, latencyMs: 100 });
  });

  it('tells of late timers, which are the fault of the generator', async () => {
    const { ask, timers } = paceAt(1_000, { timerMs: 250 });
    expect(await ask(20)).toEqual({ lateMs: 250, latencyMs: 270 });
    expect(timers).toEqual([250]);
  });

  it('leaves out a wait that is not to count', async () => {
    const { pace } = paceAt(0, { now: 5_000 });
    pace.think(4_900); // Retry-After
    expect(pace.answered(0)).toBe(100);
  });
});
