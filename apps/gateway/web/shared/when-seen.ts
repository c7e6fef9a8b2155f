/** Resolves at once in a page that is looked at, else as soon as it is. */
export function whenSeen(): Promise<void> {
  if (!document.hidden) return Promise.resolve();
  return new Promise((seen) => document.addEventListener('visibilitychange', () => seen(), { once: true }));
}
