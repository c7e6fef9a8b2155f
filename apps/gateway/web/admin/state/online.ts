import { signal } from '@preact/signals';

/** What the browser says of its connection. */
export const online = signal(navigator.onLine);
addEventListener('online', () => (online.value = true));
addEventListener('offline', () => (online.value = false));
