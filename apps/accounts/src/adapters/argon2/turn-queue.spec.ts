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
  const queue = new TurnQueue(2, 3, 1_000);
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
  const queue = new TurnQueue(1, 1, 1_000);
  const failing = queue.run(() => Promise.reject(new Error('no')));
  const next = queue.run(() => Promise.resolve('yes'));
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('yes');
  expect(await queue.run(() => Promise.resolve('again'))).toBe('again');
});

it('refuses who has waited too long, and goes on with the next one', async () => {
  let now = 0;
  const queue = new TurnQueue(1, 3, 1_000, () => now);
  const { ends, work } = steps();
  const first = queue.run(work);
  await settle();
  const late = queue.run(work).then(
    () => 'ran',
    (error: unknown) => error,
  );
  now = 500;
  const next = queue.run(work);
  now = 1_400;
  ends[0]!();
  await first;
  await settle();
  expect(ends).toHaveLength(2);
  ends[1]!();
  expect(await late).toBeInstanceOf(ServiceUnavailable);
  await next;
  // The place is free again.
  const after = queue.run(work);
  await settle();
  ends[2]!();
  await after;
});
