import { TestClock } from '@holdfast/testing';
import { FrameIds, readLastEventId } from './frame-ids';

describe('ids of events', () => {
  it('grow within a millisecond, and when the clock is set back', () => {
    const clock = new TestClock(1_790_000_000_000);
    const ids = new FrameIds(clock);
    const first = ids.next();
    const second = ids.next();
    clock.ms -= 5_000;
    expect(second).toBeGreaterThan(first);
    expect(ids.next()).toBeGreaterThan(second);
  });

  it('grow over a restart, since they count from the clock', () => {
    const clock = new TestClock(1_790_000_000_000);
    const before = new FrameIds(clock).next();
    clock.ms += 1;
    expect(new FrameIds(clock).next()).toBeGreaterThan(before);
  });

  it('are exact integers', () => {
    expect(Number.isSafeInteger(new FrameIds(new TestClock(Date.UTC(2200, 0, 1))).next())).toBe(true);
  });

  it('go on above the id that a reader brings, unless it is out of all reason', () => {
    const ids = new FrameIds(new TestClock(1_790_000_000_000));
    ids.seen(1_790_000_000_000_500);
    expect(ids.next()).toBe(1_790_000_000_000_501);
    ids.seen(9_000_000_000_000_000);
    expect(ids.next()).toBe(1_790_000_000_000_502);
  });

  it.each([
    ['1790000000000500', 1_790_000_000_000_500],
    [' 7 ', 7],
    ['', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['99999999999999999', undefined],
    [undefined, undefined],
  ])('reads Last-Event-ID %j', (header, id) => {
    expect(readLastEventId(header)).toBe(id);
  });
});
