import { ServiceUnavailable } from '@holdfast/contracts';
import { TurnQueue } from './turn-queue';

/** Work that ends when the test says so. */
function steps() {
  const ends: (() => void)[] = [];
  const work = () => new Promise<void>((resolve) => ends.push(resolve));
  return { ends, work };
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

it('runs two at once, the others in order, and refuses who finds the queue full', async () => {
  const queue = new TurnQueue(2, 3);
  const { ends, work } = steps();
  const all = Array.from({ length: 6 }, () => queue.run(work));
  await expect(all[5]).rejects.toThrow(ServiceUnavailable);
  await settle();
  expect(ends).toHaveLength(2);
  for (let done = 0; done < 5; done += 1) {
    ends[done]!();
    await settle();
    expect(ends).toHaveLength(Math.min(5, done + 3));
  }
  await Promise.all(all.slice(0, 5));
});

it('goes on after work that fails', async () => {
  const queue = new TurnQueue(1, 1);
  const failing = queue.run(() => Promise.reject(new Error('no')));
  const next = queue.run(() => Promise.resolve('yes'));
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('yes');
  expect(await queue.run(() => Promise.resolve('again'))).toBe('again');
});
