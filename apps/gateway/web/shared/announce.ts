import { signal } from '@preact/signals';

/** What is said aloud by screen readers next; shown to nobody. */
export const spoken = signal('');

const QUIET_MS = 10_000;
let lastAt = -QUIET_MS;
let waiting = 0;

/** Says it; what is not urgent at most every ten seconds, and then only the newest. */
export function announce(text: string, urgent = false): void {
  clearTimeout(waiting);
  const wait = urgent ? 0 : Math.max(0, lastAt + QUIET_MS - performance.now());
  waiting = window.setTimeout(() => {
    lastAt = performance.now();
    spoken.value = text;
  }, wait);
}
