import { p99Of, type Tick } from '@holdfast/contracts';
import { TestClock } from '@holdfast/testing';
import { TickCounter } from './tick-counter';
import { TickSender } from './tick-sender';

const AT = 1_800_000_000_000;

describe('what is counted', () => {
  it('by drop and second: arrivals, refusals by code, and how long they took', () => {
    const counter = new TickCounter();
    counter.answered('d1', null, 3, AT);
    counter.answered('d1', 'sold-out', 3, AT + 10);
    counter.answered('d1', 'sold-out', 900, AT + 999);
    counter.answered('d2', null, 3, AT + 999);
    counter.answered('d1', null, 3, AT + 1_000);
    const [first, second, ...more] = counter.take(AT + 1_500);
    expect(first).toMatchObject({
      dropId: 'd1',
      second: AT / 1_000,
      arrivals: 3,
      refusals: { 'sold-out': 2 },
    });
    expect(p99Of(first!.latencies)).toBeGreaterThanOrEqual(900);
    expect([second!.dropId, second!.arrivals, more]).toEqual(['d2', 1, []]);
    expect(counter.take(AT + 1_900)).toEqual([]);
    expect(counter.take(AT + 1_900, true)).toMatchObject([
      { dropId: 'd1', second: AT / 1_000 + 1, arrivals: 1 },
    ]);
  });

  it('keeps no place for a drop that a stranger invents, and counts strangers at a drop that is there', () => {
    const counter = new TickCounter();
    for (let n = 0; n < 2_000; n += 1) counter.answered(`dx${n}`, 'unauthenticated', 1, AT);
    expect(counter.take(AT + 1_000)).toEqual([]);
    counter.answered('d1', null, 1, AT + 1_000);
    counter.answered('d1', 'unauthenticated', 1, AT + 1_000);
    expect(counter.take(AT + 2_000)).toMatchObject([{ arrivals: 2, refusals: { unauthenticated: 1 } }]);
  });

  it('keeps a bounded number of drops of a second', () => {
    const counter = new TickCounter();
    for (let n = 0; n < 5_000; n += 1) counter.answered(`d${n}`, null, 1, AT);
    expect(counter.take(AT + 1_000)).toHaveLength(1_000);
  });
});

describe('the bucket of a time', () => {
  it.each([0.01, 0.5, 0.51, 7, 250, 2_500, 20_000])('has %p ms below its bound, within a quarter', (ms) => {
    const counter = new TickCounter();
    counter.answered('d1', null, ms, AT);
    const bound = p99Of(counter.take(AT + 1_000)[0]!.latencies)!;
    expect(bound).toBeGreaterThanOrEqual(Math.min(ms, 28_000) - 0.05);
    expect(bound).toBeLessThanOrEqual(Math.max(0.5, ms * 1.26 + 0.05));
  });
});

describe('the sender', () => {
  it('keeps what could not be sent, and sends each second once', async () => {
    const clock = new TestClock(AT);
    const counter = new TickCounter();
    const sent: Tick[] = [];
    let isAway = true;
    const sender = new TickSender({
      counter,
      clock,
      readers: () => [['d2', 7]],
      figures: {
        addTicks: async ({ ticks }) => {
          if (isAway) throw new Error('away');
          sent.push(...ticks);
          return { kind: 'added' };
        },
      },
      onError: () => undefined,
    });
    counter.answered('d1', null, 1, AT);
    clock.advance(1_000);
    await sender.stop(); // sends what there is
    expect(sent).toEqual([]);
    isAway = false;
    await sender.stop();
    expect(sent.filter(({ dropId }) => dropId === 'd1')).toMatchObject([{ second: AT / 1_000, arrivals: 1 }]);
    expect(sent.find(({ dropId }) => dropId === 'd2')).toMatchObject({ arrivals: 0, readers: 7 });
  });
});
