import { signal } from '@preact/signals';
import type { HoldfastClient, Send, Sent } from './api';
import { session } from './current';
import { Resource } from './resource';
import type { Page } from './types';

export function resourceOf<T>(request: Send<T>): Resource<T> {
  return new Resource(() => session.call(request));
}

const PAGE = 50;

/** The page of a list that is asked for, as every list of the API takes it. */
interface PageQuery {
  limit?: number;
  cursor?: string;
}

/** A list of the API, page by page. */
export class List<T, Filters extends object = object> {
  readonly pages: Resource<Page<T>>;
  readonly more = signal<'idle' | 'busy' | 'failed'>('idle');
  /** Of what is shown, for an export. */
  filters = {} as Filters;

  constructor(
    private readonly request: (api: HoldfastClient, query: Filters & PageQuery) => Promise<Sent<Page<T>>>,
  ) {
    this.pages = new Resource(() => this.ask());
  }

  /** Starts again from the beginning; blank filters are left out. */
  search(filters: Partial<Record<keyof Filters, string>> = {}): Promise<void> {
    const filled = Object.entries<string | undefined>(filters).map(([name, value]) => [name, value?.trim()]);
    // A form's values are text; those with a list of allowed ones have a field with that list.
    this.filters = Object.fromEntries(filled.filter(([, value]) => value)) as Filters;
    this.more.value = 'idle';
    return this.pages.reload();
  }

  async loadMore(): Promise<void> {
    const shown = this.pages.data.value;
    if (!shown?.nextCursor || this.more.value === 'busy') return;
    this.more.value = 'busy';
    const answer = await this.ask(shown.nextCursor);
    if (this.pages.data.value !== shown) return; // another search has begun
    this.more.value = answer.kind === 'ok' ? 'idle' : 'failed';
    if (answer.kind !== 'ok') return;
    this.pages.take({ items: [...shown.items, ...answer.body.items], nextCursor: answer.body.nextCursor });
  }

  private ask(cursor?: string) {
    const query = { ...this.filters, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
    return session.call((api) => this.request(api, query));
  }
}
