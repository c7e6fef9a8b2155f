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

  it('keeps few places for drops that a stranger invents, and none of those of others', () => {
    const counter = new TickCounter();
    for (let n = 0; n < 2_000; n += 1) counter.answered(`dx${n}`, 'unauthenticated', 1, AT);
    for (let n = 0; n < 2_000; n += 1) counter.answered(`d${n}`, null, 1, AT);
    counter.answered('d1', 'unauthenticated', 1, AT);
    const ticks = counter.take(AT + 1_000);
    expect(ticks.filter(({ dropId }) => dropId.startsWith('dx'))).toHaveLength(50);
    expect(ticks).toHaveLength(1_050);
    expect(ticks).toContainEqual(
      expect.objectContaining({ dropId: 'd1', arrivals: 2, refusals: { unauthenticated: 1 } }),
    );
  });

  it('counts every refusal of a drop that is there, whatever strangers ask for, also the first', () => {
    const counter = new TickCounter();
    counter.answered('d1', 'invalid-request', 1, AT);
    counter.answered('d1', null, 1, AT);
    expect(counter.take(AT + 1_000)).toMatchObject([{ arrivals: 2, refusals: { 'invalid-request': 1 } }]);
    for (let n = 0; n < 2_000; n += 1) counter.answered(`dx${n}`, 'unauthenticated', 1, AT + 5_000);
    counter.answered('d1', 'invalid-request', 1, AT + 5_000);
    expect(counter.take(AT + 6_000)).toContainEqual(
      expect.objectContaining({ dropId: 'd1', arrivals: 1, refusals: { 'invalid-request': 1 } }),
    );
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
  let clock: TestClock;
  let counter: TickCounter;
  let sent: Tick[];
  let away: boolean;
  let readers: Record<string, number>;
  let sender: TickSender;

  beforeEach(() => {
    clock = new TestClock(AT);
    counter = new TickCounter();
    [sent, away, readers] = [[], false, {}];
    const addTicks = async ({ ticks }: { ticks: Tick[] }) => {
      if (away) throw new Error('away');
      sent.push(...ticks);
      return { kind: 'added' as const };
    };
    const onError = () => undefined;
    sender = new TickSender({
      counter,
      clock,
      readers: () => Object.entries(readers),
      figures: { addTicks },
      onError,
    });
  });

  /** What is sent in as many seconds, one sending in each. */
  async function seconds(count: number, meanwhile: (second: number) => void = () => undefined) {
    for (let n = 0; n < count; n += 1) {
      meanwhile(n);
      clock.advance(1_000);
      await sender.send();
    }
    return sent.splice(0);
  }

  it('keeps what could not be sent, and sends each second once', async () => {
    readers = { d2: 7 };
    away = true;
    counter.answered('d1', null, 1, AT);
    clock.advance(1_000);
    await expect(sender.send()).rejects.toThrow('away');
    away = false;
    await sender.send();
    await sender.stop();
    expect(sent.filter(({ dropId }) => dropId === 'd1')).toMatchObject([{ second: AT / 1_000, arrivals: 1 }]);
    expect(sent.find(({ dropId }) => dropId === 'd2')).toMatchObject({ arrivals: 0, readers: 7 });
  });

  it('tells readers of a drop that is only read once in half a minute, from its beginning', async () => {
    readers = { d1: 7 };
    const first = AT / 1_000;
    const told = await seconds(91);
    expect(told.map(({ second, readers: n }) => [second - first, n])).toEqual([
      [0, 7],
      [30, 7],
      [60, 7],
      [90, 7],
    ]);
  });

  it('tells at once that readers came, and within seconds that they went', async () => {
    expect(await seconds(3)).toEqual([]);
    readers = { d1: 1 };
    expect(await seconds(1)).toMatchObject([{ readers: 1 }]);
    readers = {};
    expect(await seconds(5)).toMatchObject([{ readers: 0 }]);
    expect(await seconds(100)).toEqual([]);
  });

  it('tells of readers who come and go without end in a bounded number of ticks', async () => {
    const told = await seconds(600, (n) => (readers = n % 2 ? { d1: 1 } : {}));
    expect(told.length).toBeLessThanOrEqual(600 / 5 + 600 / 30);
    expect(told.length).toBeGreaterThan(600 / 30);
  });

  it('tells readers with what was answered, and nothing besides', async () => {
    readers = { d1: 3 };
    const told = await seconds(120, () => counter.answered('d1', null, 1, clock.now()));
    expect(told).toHaveLength(120);
    expect(told.every((tick) => tick.arrivals === 1 && tick.readers === 3)).toBe(true);
  });

  it('goes on after the clock was set back, and tells at the end that nobody reads here', async () => {
    readers = { d1: 3 };
    await seconds(2);
    clock.setByMs = -3_600_000;
    expect((await seconds(61)).length).toBeGreaterThan(1);
    await sender.stop();
    expect(sent).toMatchObject([{ dropId: 'd1', readers: 0 }]);
  });
});
