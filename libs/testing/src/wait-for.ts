// A timer that is later than this means that the whole process was stopped, not that the machine was busy.
const STANDSTILL_MS = 250;

/**
 * Polls `probe` until it returns something truthy, and returns that; throws with `what` at the deadline.
 *
 * The last probe starts at the deadline or after it, so that a condition that was met in time is seen. Time
 * in which this process was stopped does not count, because the tested code in this process was stopped as
 * well.
 */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T> | T,
  { deadlineMs = 15_000, everyMs = 20 } = {},
): Promise<NonNullable<Exclude<T, false>>> {
  let end = Date.now() + deadlineMs;
  for (;;) {
    const begunAt = Date.now();
    let lastError: unknown;
    try {
      const value = await probe();
      if (value) return value as NonNullable<Exclude<T, false>>;
    } catch (error) {
      lastError = error;
    }
    if (begunAt >= end) throw new Error(`${what}: not within ${deadlineMs} ms`, { cause: lastError });
    const asleepAt = Date.now();
    await new Promise((resolve) => setTimeout(resolve, everyMs));
    const lateMs = Date.now() - asleepAt - everyMs;
    if (lateMs > STANDSTILL_MS) end += lateMs;
  }
}
