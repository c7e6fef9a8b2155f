/**
 * Coalesces concurrent requests into one and caches its answer for `ageMsMax`. A failure goes to those who
 * waited for it and is not cached.
 */
export function shared<T>(
  ageMsMax: number,
  ask: () => Promise<T>,
  nowMs = () => performance.now(),
): () => Promise<T> {
  let answer: Promise<T> | undefined;
  let goodUntilMs = -Infinity;
  return () => {
    if (answer && nowMs() < goodUntilMs) return answer;
    // Shared for as long as it takes; its age counts from its arrival.
    goodUntilMs = Infinity;
    const asked = ask();
    asked.then(
      () => (goodUntilMs = nowMs() + ageMsMax),
      () => (goodUntilMs = -Infinity),
    );
    return (answer = asked);
  };
}
