import { DeadlineExceeded, withDeadline } from './deadline';

describe('deadline', () => {
  it('passes on a value or an error that arrives in time', async () => {
    await expect(withDeadline('call', 1_000, Promise.resolve(7))).resolves.toBe(7);
    await expect(withDeadline('call', 1_000, Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('throws at the deadline, and ignores a late failure', async () => {
    let fail: (error: Error) => void = () => undefined;
    const never = new Promise<never>((_, reject) => (fail = reject));
    await expect(withDeadline('ledger', 5, never)).rejects.toThrow(DeadlineExceeded);
    fail(new Error('late'));
    await new Promise((resolve) => setImmediate(resolve)); // an unhandled rejection would fail the run here
  });
});
