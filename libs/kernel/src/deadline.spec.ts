import { DeadlineExceeded, withDeadline } from './deadline';

describe('deadline', () => {
  it('hands on what came in time, value or error', async () => {
    await expect(withDeadline('call', 1_000, Promise.resolve(7))).resolves.toBe(7);
    await expect(withDeadline('call', 1_000, Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('gives up on what does not answer, and a late failure hurts nobody', async () => {
    let fail: (error: Error) => void = () => undefined;
    const never = new Promise<never>((_, reject) => (fail = reject));
    await expect(withDeadline('ledger', 5, never)).rejects.toThrow(DeadlineExceeded);
    fail(new Error('late'));
    await new Promise((resolve) => setImmediate(resolve)); // an unhandled rejection would fail the run here
  });
});
