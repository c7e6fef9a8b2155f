import type { DropStore } from '../drop-store';

const WORDS = {
  connecting: ['wait', 'Connecting…'],
  live: ['live', 'Live'],
  lost: ['lost', 'Connection lost'],
  restored: ['live', 'Connected again'],
} as const;

/** Whether the counts move at this moment. */
export function LineBadge({ store }: { store: DropStore }) {
  const [look, text] = WORDS[store.line.value];
  return (
    <span class={`line line-${look}`} role="status">
      <i aria-hidden="true" />
      {text}
    </span>
  );
}

/** Says in whole sentences what the counts are worth when they are not of this moment. */
export function LineBanner({ store }: { store: DropStore }) {
  const lost = store.line.value === 'lost';
  if (!lost && !store.stale.value) return null;
  return (
    <p class="banner">
      {lost
        ? 'The connection to the shop is lost. The counts below stand still; we keep trying to connect. Your hold is safe on the server.'
        : 'The counts may be a few seconds old: the shop is catching up. Holding and paying work as always.'}
    </p>
  );
}
