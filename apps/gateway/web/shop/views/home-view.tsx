import { useEffect } from 'preact/hooks';
import { Frame } from '../parts/frame';
import { DropCard } from '../parts/drop-card';
import { HomeStore } from '../home-store';
import type { ListedDrop } from '../../shared/types';

const store = new HomeStore();

/** All drops: open, upcoming and closed. */
export function HomeView() {
  useEffect(() => {
    document.title = 'Holdfast · Drops';
    store.start();
  }, []);
  const { running, coming, over } = store.groups.value;
  const load = store.load.value;
  const empty = load === 'ready' && running.length + coming.length + over.length === 0;
  return (
    <Frame>
      <div class="home">
        <header class="home-head">
          <h1>Limited drops, live stock.</h1>
          <p>Place a hold, then pay before it expires. Nobody else can buy what you hold.</p>
        </header>
        {load === 'loading' && <p class="loading">Loading…</p>}
        {load === 'unreachable' && (
          <p class="banner" role="status">
            The shop is not responding, so this list may be out of date. Retrying…
          </p>
        )}
        {empty && <p class="state">No drops yet. Upcoming drops appear here with a countdown.</p>}
        <Group title="Open now" drops={running} />
        <Group title="Upcoming" drops={coming} />
        <Group title="Closed" drops={over} />
        {store.more.value && (
          <div class="more">
            {store.further.value === 'failed' && (
              <p role="status">Could not load more drops. Please try again.</p>
            )}
            <button
              class="quiet"
              type="button"
              aria-busy={store.further.value === 'busy'}
              onClick={() => void store.loadMore()}
            >
              {store.further.value === 'busy' ? 'Loading…' : 'Show more'}
            </button>
          </div>
        )}
      </div>
    </Frame>
  );
}

function Group({ title, drops }: { title: string; drops: readonly ListedDrop[] }) {
  if (drops.length === 0) return null;
  return (
    <section class="group">
      <h2>{title}</h2>
      <ul class={drops.length === 1 ? 'cards cards-one' : 'cards'}>
        {drops.map((drop) => (
          <li key={drop.id}>
            <DropCard drop={drop} />
          </li>
        ))}
      </ul>
    </section>
  );
}
