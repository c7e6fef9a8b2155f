import type { PlaceOrder, PlaceOrderOutcome } from '@holdfast/contracts';
import { JoinedRequests } from './joined-requests';

const request = (more: Partial<PlaceOrder> = {}): PlaceOrder => ({
  customerId: 'cus_a',
  key: 'key',
  fingerprint: 'body',
  holdId: 'd1234567-h1',
  payment: { method: 'card', token: 'tok_ok' },
  email: 'a@example.com',
  ...more,
});
const answered: PlaceOrderOutcome = {
  kind: 'answered',
  status: 201,
  orderId: 'o',
  body: '{}',
  replayed: false,
};

/** A first request that the test ends, and how often it ran. */
function slowFirst() {
  const it = { runs: 0, end: (_: PlaceOrderOutcome) => {}, fail: (_: Error) => {} };
  const lead = () => {
    it.runs += 1;
    return new Promise<PlaceOrderOutcome>((resolve, reject) =>
      Object.assign(it, { end: resolve, fail: reject }),
    );
  };
  return { it, lead };
}

describe('requests with one key', () => {
  it('run once, and the copies get the same answer', async () => {
    const joined = new JoinedRequests(10_000);
    const { it: first, lead } = slowFirst();
    const all = [1, 2, 3].map(() => joined.run(request(), lead));
    first.end(answered);
    expect(await Promise.all(all)).toEqual([
      answered,
      { ...answered, replayed: true },
      { ...answered, replayed: true },
    ]);
    expect(first.runs).toBe(1);
    void joined.run(request(), lead);
    expect(first.runs).toBe(2);
    first.end(answered);
  });

  it('share a refusal and a failure', async () => {
    const joined = new JoinedRequests(10_000);
    const { it: first, lead } = slowFirst();
    const refused = [joined.run(request(), lead), joined.run(request(), lead)];
    first.end({ kind: 'declined', orderId: 'o' });
    for (const one of refused) expect(await one).toEqual({ kind: 'declined', orderId: 'o' });
    const failed = [joined.run(request(), lead), joined.run(request(), lead)];
    first.fail(new Error('away'));
    for (const one of failed) await expect(one).rejects.toThrow('away');
  });

  it('with another body are told that the key is taken, and others are not touched', async () => {
    const joined = new JoinedRequests(10_000);
    const { it: first, lead } = slowFirst();
    const one = joined.run(request(), lead);
    expect(await joined.run(request({ fingerprint: 'other' }), lead)).toEqual({ kind: 'key-reused' });
    const others = [{ key: 'other' }, { customerId: 'cus_b' }];
    for (const other of others)
      expect(await joined.run(request(other), async () => answered)).toEqual(answered);
    first.end(answered);
    await one;
  });

  it('are told that it is in progress when the first takes too long', async () => {
    const joined = new JoinedRequests(10);
    const { it: first, lead } = slowFirst();
    const one = joined.run(request(), lead);
    expect(await joined.run(request(), lead)).toEqual({ kind: 'in-progress' });
    first.end(answered);
    expect(await one).toEqual(answered);
  });
});
