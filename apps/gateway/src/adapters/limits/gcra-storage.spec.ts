import { heapGrowth, TestClock } from '@holdfast/testing';
import { GcraStorage } from './gcra-storage';

const quota = { name: 'test', quota: 2, windowSeconds: 60 };

describe('limits in this process', () => {
  it('forgets nobody who has used something of the current window', () => {
    const clock = new TestClock();
    const storage = new GcraStorage(clock);
    storage.take('a', quota);
    clock.ms += 59_000; // just before the generation turns
    storage.take('b', quota);
    storage.take('b', quota);
    clock.ms += 2_000;
    expect(storage.take('b', quota).allowed).toBe(false);
  });

  it('admits again after the window, though the wall clock was set back meanwhile', () => {
    const clock = new TestClock();
    const storage = new GcraStorage(clock);
    storage.take('a', quota);
    storage.take('a', quota);
    expect(storage.take('a', quota).allowed).toBe(false);
    clock.setByMs = -3_600_000;
    clock.ms += 30_000;
    expect(storage.take('a', quota).allowed).toBe(true);
  });

  it('takes no more bytes than stated under a flood of callers', () => {
    const storage = new GcraStorage(new TestClock());
    const grown = heapGrowth(() => {
      for (let i = 0; i < 450_000; i += 1) storage.take(`2001:db8:${i.toString(16)}:1`, quota);
      return storage;
    });
    expect(storage.bytes).toBeLessThanOrEqual(32 * 1024 * 1024);
    expect(grown).toBeLessThanOrEqual(32 * 1024 * 1024);
  });

  it('remembers a caller for as long as the longest window lasts', () => {
    const clock = new TestClock();
    const storage = new GcraStorage(clock);
    const daily = { name: 'daily', quota: 1, windowSeconds: 86_400 };
    storage.take('a', daily);
    for (let minute = 0; minute < 600; minute += 1) {
      clock.ms += 60_000;
      storage.take('b', quota);
    }
    expect(storage.take('a', daily).allowed).toBe(false);
  });
});
