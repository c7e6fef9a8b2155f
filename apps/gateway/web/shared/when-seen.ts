/** Resolves when the page is visible, at once if it is already. */
export function whenSeen(): Promise<void> {
  if (!document.hidden) return Promise.resolve();
  return new Promise((seen) => document.addEventListener('visibilitychange', () => seen(), { once: true }));
}
