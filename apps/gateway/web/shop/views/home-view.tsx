import { useEffect } from 'preact/hooks';
import { Frame } from '../parts/frame';
import { DropCard } from '../parts/drop-card';
import { HomeStore } from '../home-store';
import type { ListedDrop } from '../../shared/types';

const store = new HomeStore();

/** All drops: those that run, those to come, those that are over. */
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
          <h1>Small runs, honestly counted.</h1>
          <p>Hold what you want, take a breath, then pay. While you hold it, it is yours.</p>
        </header>
        {load === 'loading' && <p class="loading">One moment…</p>}
        {load === 'unreachable' && (
          <p class="banner" role="status">
            The shop does not answer at the moment, so what you see may be old. We keep trying.
          </p>
        )}
        {empty && (
          <p class="state">There is no drop yet. When one is announced, it stands here with its countdown.</p>
        )}
        <Group title="Open now" drops={running} />
        <Group title="Coming" drops={coming} />
        <Group title="Over" drops={over} />
        {store.more.value && (
          <div class="more">
            {store.further.value === 'failed' && (
              <p role="status">The shop did not answer. Please try again.</p>
            )}
            <button
              class="quiet"
              type="button"
              aria-busy={store.further.value === 'busy'}
              onClick={() => void store.loadMore()}
            >
              {store.further.value === 'busy' ? 'One moment…' : 'Show more'}
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
