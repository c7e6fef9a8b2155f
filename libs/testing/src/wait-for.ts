/** Waits until `probe` gives something truthy, asking again and again; throws with `what` at the deadline. Never a fixed sleep. */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T> | T,
  { deadlineMs = 15_000, everyMs = 20 } = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const end = Date.now() + deadlineMs;
  let lastError: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value) return value as NonNullable<Exclude<T, false>>;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (Date.now() >= end) {
      throw new Error(`${what}: not within ${deadlineMs} ms`, { cause: lastError });
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
