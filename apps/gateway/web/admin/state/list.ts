import { signal } from '@preact/signals';
import { session } from './current';
import { Resource } from './resource';
import type { Page } from './types';

export function resourceAt<T>(path: string): Resource<T> {
  return new Resource(() => session.call<T>(path));
}

const PAGE = 50;

/** A list of the API, page by page. */
export class List<T> {
  readonly pages: Resource<Page<T>>;
  readonly more = signal<'idle' | 'busy' | 'failed'>('idle');
  private query = '';

  constructor(private readonly path: string) {
    this.pages = new Resource(() => session.call<Page<T>>(this.address()));
  }

  /** Starts again from the beginning; blank filters are left out. */
  search(filters: Record<string, string> = {}): Promise<void> {
    const filled = Object.entries(filters).filter(([, value]) => value.trim() !== '');
    this.query = filled.map(([name, value]) => `&${name}=${encodeURIComponent(value.trim())}`).join('');
    this.more.value = 'idle';
    return this.pages.reload();
  }

  async loadMore(): Promise<void> {
    const shown = this.pages.data.value;
    if (!shown?.nextCursor || this.more.value === 'busy') return;
    this.more.value = 'busy';
    const answer = await session.call<Page<T>>(this.address(shown.nextCursor));
    if (this.pages.data.value !== shown) return; // another search has begun
    this.more.value = answer.kind === 'ok' ? 'idle' : 'failed';
    if (answer.kind !== 'ok') return;
    this.pages.take({ items: [...shown.items, ...answer.body.items], nextCursor: answer.body.nextCursor });
  }

  /** The address of what is shown, for an export. */
  exportAddress(): string {
    return this.query === '' ? this.path : `${this.path}?${this.query.slice(1)}`;
  }

  private address(cursor?: string): string {
    const from = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    return `${this.path}?limit=${PAGE}${this.query}${from}`;
  }
}
