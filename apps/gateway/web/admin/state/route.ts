import { signal } from '@preact/signals';

/** Where the person is, without a slash at the end. */
export const path = signal(here());

addEventListener('popstate', () => (path.value = here()));

export function go(to: string): void {
  history.pushState(null, '', to);
  path.value = here();
  scrollTo(0, 0);
}

function here(): string {
  return location.pathname.replace(/(.)\/+$/, '$1');
}
