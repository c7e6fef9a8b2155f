import type { LaneCommand, PlaceCommand } from '../domain/lane-command';
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
});
