import { computed, signal } from '@preact/signals';
import { call } from '../shared/api';
import type { ListedDrop } from '../shared/types';
import { stateNow } from '../shared/drop-state';

interface Page {
  items: ListedDrop[];
  nextCursor: string | null;
}

const PAGE = 24;
const FRESH_EVERY_MS = 10_000;

/** The list of drops. Reloaded every ten seconds, which is enough for a list. */
export class HomeStore {
  readonly load = signal<'loading' | 'ready' | 'unreachable'>('loading');
  readonly drops = signal<readonly ListedDrop[]>([]);
  readonly more = signal<string | null>(null);
  /** Further drops are asked for (`busy`), or did not come. */
  readonly further = signal<'idle' | 'busy' | 'failed'>('idle');
  private looking = false;

  readonly groups = computed(() => {
    const of = (...states: string[]) => this.drops.value.filter((drop) => states.includes(stateNow(drop)));
    return { running: of('open', 'paused'), coming: of('scheduled'), over: of('closed') };
  });

  start(): void {
    void this.look();
    setInterval(() => void this.look(), FRESH_EVERY_MS);
    document.addEventListener('visibilitychange', () => void this.look());
  }

  async loadMore(): Promise<void> {
    if (this.further.value === 'busy') return;
    this.further.value = 'busy';
    const answer = await call<Page>(
      `/v1/drops?limit=${PAGE}&cursor=${encodeURIComponent(this.more.value ?? '')}`,
    );
    this.further.value = answer.kind === 'ok' ? 'idle' : 'failed';
    if (answer.kind !== 'ok') return;
    this.drops.value = [...this.drops.value, ...answer.body.items];
    this.more.value = answer.body.nextCursor;
  }

  private async look(): Promise<void> {
    if (this.looking || (document.hidden && this.load.value === 'ready')) return;
    this.looking = true;
    const answer = await call<Page>(`/v1/drops?limit=${PAGE}`, { cache: 'no-cache' });
    this.looking = false;
    if (answer.kind !== 'ok') {
      // What is shown stays: it is what was true last, and the page says so.
      this.load.value = 'unreachable';
      return;
    }
    const fresh = new Map(answer.body.items.map((drop) => [drop.id, drop]));
    const further =
      this.drops.value.length > PAGE
        ? this.drops.value.slice(PAGE).filter((drop) => !fresh.has(drop.id))
        : [];
    if (further.length === 0) this.more.value = answer.body.nextCursor;
    this.drops.value = [...answer.body.items, ...further];
    this.load.value = 'ready';
  }
}
