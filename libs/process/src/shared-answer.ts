/**
 * One answer for all who ask at the same time, and for `ageMsMax` after it came: asking costs as much for a crowd as for one. A failure is told
 * to those who waited for it and is not kept.
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
    // Under way for as long as it takes; its age counts from when it came.
    goodUntilMs = Infinity;
    const asked = ask();
    asked.then(
      () => (goodUntilMs = nowMs() + ageMsMax),
      () => (goodUntilMs = -Infinity),
    );
    return (answer = asked);
  };
}
