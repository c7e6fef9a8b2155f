const SAMPLE_MS = 60; // some time slices of the scheduler

/**
 * How many times as long as its CPU time something takes at this moment, because other processes compute: 1 on a machine that has a core to spare, about
 * 3 if six processes share two cores. Blocks the process while it measures.
 */
export function contention(): number {
  const usedBefore = process.cpuUsage();
  const beganAt = performance.now();
  while (performance.now() - beganAt < SAMPLE_MS);
  const { user, system } = process.cpuUsage(usedBefore);
  return Math.max(1, ((performance.now() - beganAt) * 1_000) / (user + system));
}

/** A time that was measured just now, as it would be if nothing else computed. */
export function unloaded(ms: number): number {
  return ms / contention();
}
