import { computed, effect, signal } from '@preact/signals';
import type { Answer } from '../../shared/answer';
import { stateNow } from '../../shared/drop-state';
import { type LiveListener, tell, type Told } from '../../shared/live-events';
import { clock } from '../../shared/server-clock';
import type { Counts, DropState } from '../../shared/types';
import type { DropStep } from './drop-steps';
import { Resource } from './resource';
import type { AdminCall } from './session';
import { totalsOf } from './totals';
import type { AdminDrop } from './types';

/** How often the drop is asked for: where its counts do not come by themselves, and where they do. */
const POLL_MS = { alone: 2_000, besideStream: 10_000 };

interface Api {
  call<T>(path: string, options?: AdminCall): Promise<Answer<T>>;
}

interface Reader {
  open(): void;
  close(): void;
}

/**
 * One drop as the launch screen shows it. The counts of an open drop come by the shoppers' own stream, as long as that has exact numbers; else the
 * drop is asked for every two seconds. A hidden page asks for nothing.
 */
export class LaunchStore {
  readonly drop: Resource<AdminDrop>;
  readonly stream = signal<'off' | 'connecting' | 'live' | 'lost'>('off');
  private readonly behind = signal(false);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private reader: Reader | undefined;
  private stopWatching: () => void = () => undefined;
  private isStarted = false;

  readonly state = computed<DropState>(() =>
    this.drop.data.value ? stateNow(this.drop.data.value) : 'draft',
  );
  readonly totals = computed(() => totalsOf(this.drop.data.value));
  /** Why the counts may be out of date; null when they are not. */
  readonly staleness = computed<'no-answer' | 'behind' | null>(() => {
    const drop = this.drop.data.value;
    if (this.drop.failure.value !== null || this.stream.value === 'lost') return 'no-answer';
    return this.behind.value || drop?.items.some(({ stock }) => stock.stale) ? 'behind' : null;
  });

  constructor(
    readonly dropId: string,
    private readonly api: Api,
    private readonly makeReader: (dropId: string, told: (told: Told) => void) => Reader,
    private readonly page: Pick<Document, 'hidden' | 'addEventListener' | 'removeEventListener'>,
  ) {
    this.drop = new Resource(() => api.call<AdminDrop>(this.path));
  }

  get path(): string {
    return `/v1/admin/drops/${encodeURIComponent(this.dropId)}`;
  }

  start(): void {
    this.isStarted = true;
    this.page.addEventListener('visibilitychange', this.look);
    this.stopWatching = effect(() => this.follow(this.isStreamed()));
    this.look();
  }

  stop(): void {
    this.isStarted = false;
    this.page.removeEventListener('visibilitychange', this.look);
    this.stopWatching();
    clearTimeout(this.timer);
    this.follow(false);
  }

  /** Takes the drop a step on, and shows what it is afterwards. */
  async act(step: Exclude<DropStep, 'delete'>, json?: object): Promise<Answer<AdminDrop>> {
    const body = json === undefined ? {} : { json };
    const answer = await this.api.call<AdminDrop>(`${this.path}/${step}`, { method: 'POST', ...body });
    if (answer.kind === 'ok') this.drop.take(answer.body, answer.etag);
    // Somebody else was faster, or the time has come: show what is true now.
    else if (answer.kind === 'problem' && answer.status === 409) void this.drop.reload();
    return answer;
  }

  private isStreamed(): boolean {
    return this.state.value === 'open' && this.drop.data.value?.stockDisplay === 'exact';
  }

  private readonly look = (): void => {
    clearTimeout(this.timer);
    if (this.page.hidden) return this.follow(false);
    this.follow(this.isStreamed());
    void this.poll();
  };

  private async poll(): Promise<void> {
    await this.drop.reload();
    clearTimeout(this.timer);
    if (this.page.hidden || !this.isStarted) return;
    const ms = this.stream.value === 'live' ? POLL_MS.besideStream : POLL_MS.alone;
    this.timer = setTimeout(() => void this.poll(), ms);
  }

  private follow(wanted: boolean): void {
    if (wanted && !this.page.hidden) {
      if (this.reader) return;
      this.stream.value = 'connecting';
      this.reader = this.makeReader(this.dropId, (told) => tell(this.listener, told));
      this.reader.open();
    } else if (this.reader) {
      this.reader.close();
      this.reader = undefined;
      this.stream.value = 'off';
      this.behind.value = false;
    }
  }

  private readonly listener: LiveListener = {
    snapshot: (drop) => {
      clock.heard(drop.serverTime);
      // The display has changed: the shoppers' stream has no numbers any more.
      if (drop.stockDisplay !== 'exact') this.look();
      this.apply(drop.items.map(({ sku, stock }) => ({ sku, ...stock })));
    },
    stock: (items) => this.apply(items),
    details: () => void this.drop.reload(),
    freshness: (stale) => (this.behind.value = stale),
    serverTime: (time) => clock.heard(time),
    line: (state) => (this.stream.value = state),
    catchUp: () => undefined,
  };

  /** Takes counts that are newer than those shown. */
  private apply(counts: readonly ({ sku: string } & (Counts | object))[]): void {
    const drop = this.drop.data.value;
    if (!drop) return;
    const bySku = new Map(counts.map((it) => [it.sku, it]));
    const items = drop.items.map((item) => {
      const it = bySku.get(item.sku);
      if (!it || !('available' in it) || it.version <= item.stock.version) return item;
      const { available, held, sold, version } = it;
      const total = available + held + sold;
      return { ...item, stock: { ...item.stock, available, held, sold, total, version, stale: false } };
    });
    this.drop.data.value = { ...drop, items };
  }
}
