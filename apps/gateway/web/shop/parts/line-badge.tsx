import type { DropStore } from '../drop-store';

const WORDS = {
  connecting: ['wait', 'Connecting…'],
  live: ['live', 'Live'],
  lost: ['lost', 'Connection lost'],
  restored: ['live', 'Reconnected'],
} as const;

/** Whether the counts are live. */
export function LineBadge({ store }: { store: DropStore }) {
  const [look, text] = WORDS[store.line.value];
  return (
    <span class={`line line-${look}`} role="status">
      <i aria-hidden="true" />
      {text}
    </span>
  );
}

/** Explains that the counts are out of date, and why. */
export function LineBanner({ store }: { store: DropStore }) {
  const lost = store.line.value === 'lost';
  if (!lost && !store.stale.value) return null;
  return (
    <p class="banner">
      {lost
        ? 'Connection lost: the counts below are not updating. Reconnecting… Your hold is not affected.'
        : 'The counts may be a few seconds out of date. You can still place holds and pay.'}
    </p>
  );
}
