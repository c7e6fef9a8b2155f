import { TestClock } from '@holdfast/testing';
import type { PlaceOutcome } from '@holdfast/contracts';
import type { GateQuery } from '../../../application/ports/gate.port';
import type { Decision } from './decisions';
import { PendingPlaces } from './pending-places';

/** Admits as many as it is told to; the others wait. */
class FakeAdmission {
  free = 0;
  asked = 0;
  withdrawn = 0;
  readonly unseen: string[] = [];
  unreachable = false;
  soldOut = false;

  decide: (query: GateQuery) => Promise<Decision> = async () => {
    this.asked += 1;
    if (this.unreachable) return { kind: 'unseen' };
    if (this.soldOut) return { kind: 'short', shortLines: [0] };
    if (this.free === 0) return { kind: 'wait' };
    this.free -= 1;
    return { kind: 'ask' };
  };
  goesUnseen({ customerId }: GateQuery): void {
    this.unseen.push(customerId);
  }
  withdraw(): void {
    this.withdrawn += 1;
  }
}

const SETTINGS = { pendingMsMax: 1_000, pendingMax: 1_000, unseenMax: 2, recheckEveryMs: 3_600_000 };
const BUSY: PlaceOutcome = { kind: 'busy', retryAfterSeconds: 1 };
const DECIDED: PlaceOutcome = { kind: 'key-reused' };
const turns = async (count = 20) => {
  for (let i = 0; i < count; i += 1) await new Promise((resolve) => setImmediate(resolve));
};

describe('pending places', () => {
  let clock: TestClock;
  let admission: FakeAdmission;
  let pending: PendingPlaces;
  /** Who has gone to the ledger, or has an answer without it. */
  let left: string[];
  /** How the ledger answers those who have gone there. */
  let answer: Map<string, (outcome: PlaceOutcome) => void>;

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask', 'nextTick'] });
    clock = new TestClock(0);
    admission = new FakeAdmission();
    pending = new PendingPlaces({ admission, clock, settings: SETTINGS });
    left = [];
    answer = new Map();
  });
  afterEach(() => jest.useRealTimers());

  const query = (name: string, sku = 'A'): GateQuery => ({
    dropId: 'd1',
    customerId: name,
    lines: [{ sku, quantity: 1 }],
    holdId: () => name,
  });
  const place = (name: string, sku?: string) => {
    const toLedger = () => {
      left.push(`${name} asks`);
      return new Promise<PlaceOutcome>((resolve) => answer.set(name, resolve));
    };
    const gone = ({ kind }: PlaceOutcome) => void (answer.has(name) || left.push(`${name} ${kind}`));
    void pending.place(query(name, sku), toLedger).then(gone);
  };
  /** Places that are pending. */
  const placeAll = async (all: string[]) => {
    all.forEach((name) => place(name));
    await turns();
    admission.asked = 0;
  };
  const names = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `c${from + i}`);

  it('lets the first ones go first when there is room', async () => {
    await placeAll(names(1, 100));
    admission.free = 3;
    pending.recheck('d1');
    await turns();
    expect(left).toEqual(['c1 asks', 'c2 asks', 'c3 asks']);
    admission.free = 50;
    pending.recheck('d1');
    await turns();
    expect(left.slice(3)).toEqual(names(4, 53).map((name) => `${name} asks`));
    expect(pending.size).toBe(47);
  });

  it('asks about the first ones only, as long as none of them can go', async () => {
    await placeAll(names(1, 500));
    pending.recheck('d1');
    await turns();
    expect(admission.asked).toBeLessThanOrEqual(64);
    expect(left).toEqual([]);
  });

  it('asks separately about those who wait for something else', async () => {
    await placeAll(names(1, 100));
    place('other', 'B');
    await turns();
    admission.decide = async ({ lines }) => ({ kind: lines[0]!.sku === 'B' ? 'ask' : 'wait' });
    pending.recheck('d1');
    await turns();
    expect(left).toEqual(['other asks']);
  });

  it('refuses all of them when it is sold out', async () => {
    await placeAll(names(1, 100));
    admission.soldOut = true;
    pending.recheck('d1');
    await turns(50);
    expect(left).toEqual(names(1, 100).map((name) => `${name} refused`));
  });

  it('keeps nobody longer than the bound, and takes no more than it can hold', async () => {
    await placeAll(names(1, 1_001));
    expect(left).toEqual(['c1001 busy']);
    clock.ms = 1_000;
    jest.advanceTimersByTime(SETTINGS.recheckEveryMs);
    await turns();
    expect({ busy: left.length, pending: pending.size }).toEqual({ busy: 1_001, pending: 0 });
  });

  it('asks again by itself after a while', async () => {
    await placeAll(['c1']);
    admission.free = 1;
    jest.advanceTimersByTime(SETTINGS.recheckEveryMs);
    await turns();
    expect(left).toEqual(['c1 asks']);
  });

  it('withdraws what was let through for somebody who had to be told busy in the meantime', async () => {
    await placeAll(['c1']);
    let decided: (decision: Decision) => void = () => undefined;
    admission.decide = () => new Promise((resolve) => (decided = resolve));
    pending.recheck('d1');
    await turns();
    clock.ms = 1_000;
    jest.advanceTimersByTime(SETTINGS.recheckEveryMs);
    await turns();
    decided({ kind: 'ask' });
    await turns();
    expect({ left, withdrawn: admission.withdrawn }).toEqual({ left: ['c1 busy'], withdrawn: 1 });
  });

  it('withdraws whom the lane did not take', async () => {
    admission.free = 2;
    place('c1');
    place('c2');
    await turns();
    answer.get('c1')!(BUSY);
    answer.get('c2')!(DECIDED);
    await turns();
    expect(admission.withdrawn).toBe(1);
  });

  it('lets few go unseen at a time, in order, and the next when one has its answer', async () => {
    admission.unreachable = true;
    names(1, 6).forEach((name) => place(name));
    await turns();
    expect(left).toEqual(['c1 asks', 'c2 asks']);
    answer.get('c1')!(DECIDED);
    place('late');
    await turns();
    expect(left).toEqual(['c1 asks', 'c2 asks', 'c3 asks']);
    expect(admission.unseen).toEqual(['c1', 'c2', 'c3']); // nobody who only asks counts as a customer
    admission.unreachable = false;
    admission.soldOut = true;
    answer.get('c2')!(DECIDED);
    await turns();
    expect(left.slice(3).sort()).toEqual(['c4 refused', 'c5 refused', 'c6 refused', 'late refused']);
  });

  it('frees the permit of one who went unseen and whose command failed', async () => {
    admission.unreachable = true;
    const lost = new Error('the ledger did not answer in time');
    const failed = ['c1', 'c2'].map((name) => pending.place(query(name), () => Promise.reject(lost)));
    place('c3');
    expect(await Promise.allSettled(failed)).toMatchObject([{ reason: lost }, { reason: lost }]);
    await turns();
    expect({ left, pending: pending.size }).toEqual({ left: ['c3 asks'], pending: 0 });
  });
});
