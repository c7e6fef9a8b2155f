// Longer than a timer is late on a machine that is merely busy: then this process, and what it tests inside itself, got no turn at all.
const STANDSTILL_MS = 250;

/**
 * Waits until `probe` gives something truthy, asking again and again; throws with `what` at the deadline. Never a fixed sleep.
 *
 * The last look begins at the deadline or after it, so that what was true in time is seen; and time in which this process stood still does not
 * count, because what it waits for in the same process stood still as well.
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
