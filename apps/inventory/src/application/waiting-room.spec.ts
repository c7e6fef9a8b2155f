import { Clock } from '@holdfast/kernel';
import type { Gate, GateQuery, GateVerdict } from './ports/gate.port';
import { WaitingRoom, type RoomSettings } from './waiting-room';

class StillClock extends Clock {
  ms = 0;
  now(): number {
    return this.ms;
  }
}

/** Lets through as many as it is told to; the others wait. */
class Turnstile {
  free = 0;
  asked = 0;
  withdrawn = 0;
  readonly unseen: string[] = [];
  blind = false;
  soldOut = false;
  private listener: (dropId: string) => void = () => undefined;

  async check(): Promise<GateVerdict> {
    this.asked += 1;
    if (this.blind) return { kind: 'unseen' };
    if (this.soldOut) return { kind: 'short', shortLines: [0] };
    if (this.free === 0) return { kind: 'wait' };
    this.free -= 1;
    return { kind: 'ask' };
  }
  goesUnseen({ customerId }: GateQuery): void {
    this.unseen.push(customerId);
  }
  withdraw(): void {
    this.withdrawn += 1;
  }
  onChange(listener: (dropId: string) => void): void {
    this.listener = listener;
  }
  tell(dropId = 'd1'): void {
    this.listener(dropId);
  }
}

const SETTINGS: RoomSettings = { waitMsMax: 1_000, waitingMax: 1_000, unseenMax: 2, askEveryMs: 3_600_000 };
const turns = async (count = 20) => {
  for (let i = 0; i < count; i += 1) await new Promise((resolve) => setImmediate(resolve));
};

describe('the waiting room', () => {
  let clock: StillClock;
  let gate: Turnstile;
  let room: WaitingRoom;
  let left: string[];

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask', 'nextTick'] });
    clock = new StillClock();
    gate = new Turnstile();
    room = new WaitingRoom(gate as unknown as Gate, clock, SETTINGS);
    left = [];
  });
  afterEach(() => jest.useRealTimers());

  const query = (name: string, sku = 'A'): GateQuery => ({
    dropId: 'd1',
    customerId: name,
    lines: [{ sku, quantity: 1 }],
    holdId: () => name,
  });
  const enter = (name: string, verdict: GateVerdict['kind'] = 'wait', sku?: string) =>
    void room
      .enter(query(name, sku), { kind: verdict } as GateVerdict)
      .then((pass) => left.push(`${name} ${pass.kind}`));
  const names = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `c${from + i}`);

  it('lets the first ones go first when there is room', async () => {
    names(1, 100).forEach((name) => enter(name));
    gate.free = 3;
    gate.tell();
    await turns();
    expect(left).toEqual(['c1 ask', 'c2 ask', 'c3 ask']);
    gate.free = 50;
    gate.tell();
    await turns();
    expect(left.slice(3)).toEqual(names(4, 53).map((name) => `${name} ask`));
    expect(room.size).toBe(47);
  });

  it('asks about the first ones only, as long as none of them can go', async () => {
    names(1, 500).forEach((name) => enter(name));
    gate.tell();
    await turns();
    expect(gate.asked).toBeLessThanOrEqual(64);
    expect(left).toEqual([]);
  });

  it('asks about those apart who wait for something else', async () => {
    names(1, 100).forEach((name) => enter(name));
    enter('other', 'wait', 'B');
    gate.check = async (...args: unknown[]) => {
      const [{ lines }] = args as [GateQuery];
      return lines[0]!.sku === 'B' ? { kind: 'ask' } : { kind: 'wait' };
    };
    gate.tell();
    await turns();
    expect(left).toEqual(['other ask']);
  });

  it('tells all of them when it is sold out', async () => {
    names(1, 100).forEach((name) => enter(name));
    gate.soldOut = true;
    gate.tell();
    await turns(50);
    expect(left).toEqual(names(1, 100).map((name) => `${name} short`));
  });

  it('keeps nobody longer than the bound, and takes no more than it can hold', async () => {
    names(1, 1_001).forEach((name) => enter(name));
    await turns();
    expect(left).toEqual(['c1001 busy']);
    clock.ms = 1_000;
    jest.advanceTimersByTime(SETTINGS.askEveryMs);
    await turns();
    expect({ busy: left.length, waiting: room.size }).toEqual({ busy: 1_001, waiting: 0 });
  });

  it('asks again by itself after a while', async () => {
    enter('c1');
    gate.free = 1;
    jest.advanceTimersByTime(SETTINGS.askEveryMs);
    await turns();
    expect(left).toEqual(['c1 ask']);
  });

  it('gives back what was let through for somebody who was told to come again meanwhile', async () => {
    enter('c1');
    const verdict: { say: (verdict: GateVerdict) => void } = { say: () => undefined };
    gate.check = () => new Promise((resolve) => (verdict.say = resolve));
    gate.tell();
    await turns();
    clock.ms = 1_000;
    jest.advanceTimersByTime(SETTINGS.askEveryMs);
    await turns();
    verdict.say({ kind: 'ask' });
    await turns();
    expect({ left, withdrawn: gate.withdrawn }).toEqual({ left: ['c1 busy'], withdrawn: 1 });
  });

  it('lets few go unseen at a time, in order, and the next when one has come back', async () => {
    gate.blind = true;
    names(1, 6).forEach((name) => enter(name, 'unseen'));
    await turns();
    expect(left).toEqual(['c1 unseen', 'c2 unseen']);
    room.leave('d1');
    enter('late', 'unseen');
    await turns();
    expect(left).toEqual(['c1 unseen', 'c2 unseen', 'c3 unseen']);
    expect(gate.unseen).toEqual(['c1', 'c2', 'c3']); // nobody who only asks counts as a customer
    gate.blind = false;
    gate.soldOut = true;
    room.leave('d1');
    await turns();
    expect(left.slice(3).sort()).toEqual(['c4 short', 'c5 short', 'c6 short', 'late short']);
  });
});
