/**
 * Runs the work while no other tab of this shop runs work of that name. Where the browser has no locks (an address without TLS), it just runs.
 * Throws when the signal's time is over before its turn has come.
 */
export async function alone<T>(name: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const locks = (globalThis.navigator as { locks?: LockManager } | undefined)?.locks;
  return locks ? ((await locks.request(name, { signal }, work)) as T) : work();
}
