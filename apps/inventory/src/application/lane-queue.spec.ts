import { merchantCommand } from '../../../../test/support/merchant-command';
import type { AdjustCommand, LaneAnswer, LaneCommand, PlaceCommand } from '../domain/lane-command';
import { LaneEntry, LaneQueue } from './lane-queue';

const ignore = () => undefined;
const entry = (command: LaneCommand, deadlineAt = 1_000) =>
  new LaneEntry(command, deadlineAt, ignore, ignore);
const place = (n: number, lines: number): PlaceCommand => ({
  kind: 'place',
  holdId: `h${n}`,
  customerId: `cus_${n}`,
  fingerprint: 'x',
  lines: Array.from({ length: lines }, (_, i) => ({ sku: `S${i}`, quantity: 1 })),
});
const release = (n: number): LaneCommand => ({
  kind: 'release',
  holdId: `r${n}`,
  customerId: 'cus',
  orderId: null,
});

const adjust = (n: number, fingerprint = 'f'): AdjustCommand => ({
  kind: 'adjust',
  ...merchantCommand('mer', String(n).repeat(64), fingerprint),
  movementId: `m${n}`,
  sku: 'S0',
  delta: 1,
  reason: 'counted',
});

function queueOf(places: number, linesEach: number): LaneQueue {
  const queue = new LaneQueue();
  for (let n = 0; n < places; n += 1) queue.push(entry(place(n, linesEach)));
  return queue;
}

describe('what waits for a lane', () => {
  it('takes no more places than their lines allow, in order, and leaves none behind', () => {
    const queue = queueOf(256, 20);
    const taken: LaneEntry[][] = [];
    while (queue.length > 0) taken.push(queue.take(256));
    expect(taken.map((batch) => batch.length)).toEqual([50, 50, 50, 50, 50, 6]);
    expect(taken.flat().map(({ command }) => (command as PlaceCommand).holdId)).toEqual(
      Array.from({ length: 256 }, (_, n) => `h${n}`),
    );
  });

  it('takes one place at least, whatever its size', () => {
    const queue = queueOf(2, 1_500);
    queue.push(entry(release(1)));
    expect(queue.take(256)).toHaveLength(2);
    expect(queue.take(256)).toHaveLength(1);
  });

  it('takes small places by number alone', () => {
    expect(queueOf(300, 1).take(256)).toHaveLength(256);
  });

  it('tells how many batches one more command would wait for, by number and by lines', () => {
    expect(queueOf(0, 1).batchesWithOneMore(256)).toBe(1);
    expect(queueOf(255, 1).batchesWithOneMore(256)).toBe(1);
    expect(queueOf(256, 1).batchesWithOneMore(256)).toBe(2);
    const queue = queueOf(256, 20);
    expect(queue.batchesWithOneMore(256)).toBe(6);
    queue.take(256);
    expect(queue.batchesWithOneMore(256)).toBe(5);
    queue.dropOverdue(1_000);
    expect(queue.batchesWithOneMore(256)).toBe(1);
  });

  it("takes a merchant's command first, and then one after each batch of the others", () => {
    const queue = queueOf(256 * 3, 1);
    for (let n = 0; n < 5; n += 1) queue.push(entry(adjust(n)));
    queue.push(entry(release(1)));
    // Five commands, and three batches of places that wait no longer than twice as long.
    expect(queue.batchesWithOneMore(256)).toBe(4 + 4);
    const kinds = Array.from({ length: 9 }, () => queue.take(256).map(({ command }) => command.kind));
    expect(kinds.map((batch) => [batch[0], batch.length])).toEqual([
      ['adjust', 1],
      ['release', 256],
      ['adjust', 1],
      ['place', 256],
      ['adjust', 1],
      ['place', 256],
      ['adjust', 1],
      ['place', 1],
      ['adjust', 1],
    ]);
    expect(queue.length).toBe(0);
  });

  it("predicts what a merchant's command waits for", () => {
    const queue = queueOf(256 * 3, 1);
    expect(queue.batchesWithOneMore(256, true)).toBe(2);
    for (let n = 0; n < 10; n += 1) queue.push(entry(adjust(n)));
    expect(queue.batchesWithOneMore(256, true)).toBe(11 + 3);
  });

  it('lets a repeated request of a merchant join the one that waits, and no other request', () => {
    const queue = new LaneQueue();
    const answers: unknown[] = [];
    const push = (command: LaneCommand) =>
      queue.push(new LaneEntry(command, 1_000, (answer) => answers.push(answer), ignore));
    push(adjust(1));
    push(adjust(1));
    push(adjust(1, 'other'));
    push(adjust(2));
    expect([queue.length, queue.ofMerchants]).toEqual([3, 4]);
    const adjusted = { kind: 'adjusted', adjustment: { id: 'm1' }, replayed: false } as unknown as LaneAnswer;
    queue.take(1)[0]!.answer(adjusted);
    expect(answers).toEqual([adjusted, { ...adjusted, replayed: true }]);
    // It is in flight now: the same request is asked of the ledger again.
    push(adjust(1));
    expect([queue.length, queue.ofMerchants]).toEqual([3, 3]);
    expect(queue.dropOverdue(1_000)).toHaveLength(3);
    expect([queue.length, queue.ofMerchants]).toEqual([0, 0]);
    push(adjust(2));
    expect(queue.length).toBe(1);
  });
});
