import { computed, signal } from '@preact/signals';
import type { Answer } from '../../shared/answer';
import { stateNow } from '../../shared/drop-state';
import { newKey } from '../../shared/new-key';
import { clock } from '../../shared/server-clock';
import type { DropState } from '../../shared/types';
import type { Send } from './api';
import type { DropStep } from './drop-steps';
import type { LaunchListener, LaunchTick } from './launch-stream';
import { Resource } from './resource';
import { totalsOf } from './totals';
import type { AdminDrop, DropStats } from './types';

/** How often the drop is asked for while its stream is not read, and its figures in any case: their sums are not in the stream. */
const POLL_MS = { drop: 2_000, stats: 5_000 };

interface Api {
  call<T>(request: Send<T>): Promise<Answer<T>>;
}

interface Reader {
  open(): void;
  close(): void;
}

/** One drop as the launch screen shows it: by its stream, and by asking while there is none. A hidden page asks for nothing and reads nothing. */
export class LaunchStore {
  readonly drop: Resource<AdminDrop>;
  readonly stats: Resource<DropStats>;
  /** Null before the first one, and while the stream is not read. */
  readonly tick = signal<LaunchTick | null>(null);
  readonly line = signal<'off' | 'connecting' | 'live' | 'lost'>('off');
  readonly isGone = signal(false);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private statsTimer: ReturnType<typeof setTimeout> | undefined;
  private reader: Reader | undefined;
  private isStarted = false;

  readonly state = computed<DropState>(() =>
    this.drop.data.value ? stateNow(this.drop.data.value) : 'draft',
  );
  readonly totals = computed(() => totalsOf(this.drop.data.value));
  /** Not while the page is hidden, nor while the stream is lost: nothing is to be asked then. */
  readonly isReading = computed(() => this.line.value === 'connecting' || this.line.value === 'live');
  /** Why the counts may be out of date; null when they are not. */
  readonly staleness = computed<'no-answer' | 'behind' | null>(() => {
    if (this.drop.failure.value !== null || this.line.value === 'lost') return 'no-answer';
    return this.tick.value?.stale ? 'behind' : null;
  });

  constructor(
    readonly dropId: string,
    private readonly api: Api,
    private readonly makeReader: (listener: LaunchListener) => Reader,
    private readonly page: Pick<Document, 'hidden' | 'addEventListener' | 'removeEventListener'>,
  ) {
    this.drop = new Resource(() =>
      api.call((it) => it.GET('/v1/admin/drops/{dropId}', { params: this.params })),
    );
    this.stats = new Resource(() =>
      api.call((it) => it.GET('/v1/admin/drops/{dropId}/stats', { params: this.params })),
    );
  }

  /** Of each call about this drop. */
  get params() {
    return { path: { dropId: this.dropId } };
  }

  start(): void {
    this.isStarted = true;
    this.page.addEventListener('visibilitychange', this.look);
    this.look();
  }

  stop(): void {
    this.isStarted = false;
    this.page.removeEventListener('visibilitychange', this.look);
    this.rest();
  }

  /** The network is back: nobody waits for the end of a pause. */
  reconnect(): void {
    this.reader?.open();
  }

  /** Takes the drop a step on, and shows what it is afterwards. */
  async act(step: Exclude<DropStep, 'delete' | 'schedule'>): Promise<Answer<AdminDrop>> {
    return this.shown(
      await this.api.call((it) => it.POST(`/v1/admin/drops/{dropId}/${step}`, { params: this.params })),
    );
  }

  async schedule(body: { opensAt: string; closesAt?: string }): Promise<Answer<AdminDrop>> {
    const params = { ...this.params, header: { 'Idempotency-Key': newKey() } };
    return this.shown(
      await this.api.call((it) => it.POST('/v1/admin/drops/{dropId}/schedule', { params, body })),
    );
  }

  private shown(answer: Answer<AdminDrop>): Answer<AdminDrop> {
    if (answer.kind === 'ok') this.drop.take(answer.body, answer.etag);
    // Somebody else was faster, or the time has come: show what is true now.
    else if (answer.kind === 'problem' && answer.status === 409) void this.drop.reload();
    return answer;
  }

  private readonly look = (): void => {
    this.rest();
    if (this.page.hidden || this.isGone.value) return;
    this.line.value = 'connecting';
    this.reader = this.makeReader(this.listener);
    this.reader.open();
    void this.poll();
    void this.pollStats();
  };

  private rest(): void {
    clearTimeout(this.timer);
    clearTimeout(this.statsTimer);
    this.reader?.close();
    this.reader = undefined;
    this.line.value = 'off';
    this.tick.value = null;
  }

  private get isWatched(): boolean {
    return this.isStarted && !this.page.hidden && !this.isGone.value;
  }

  private async poll(): Promise<void> {
    clearTimeout(this.timer);
    if (this.line.value !== 'live') await this.drop.reload();
    clearTimeout(this.timer);
    if (this.isWatched) this.timer = setTimeout(() => void this.poll(), POLL_MS.drop);
  }

  private async pollStats(): Promise<void> {
    await this.stats.reload();
    clearTimeout(this.statsTimer);
    if (this.isWatched) this.statsTimer = setTimeout(() => void this.pollStats(), POLL_MS.stats);
  }

  private readonly listener: LaunchListener = {
    snapshot: (drop, stats) => {
      this.takeDrop(drop);
      this.stats.take(stats);
    },
    tick: (tick) => {
      // A stale one is of the time since which the counts are behind, which is not the server's time now.
      if (!tick.stale) clock.heard(tick.asOf);
      this.drop.failure.value = null; // there is an answer again, whatever an earlier question came to
      this.tick.value = tick;
      this.apply(tick.items);
    },
    changed: (drop) => this.takeDrop(drop),
    gone: () => {
      this.isGone.value = true;
      this.rest();
    },
    line: (state) => {
      this.line.value = state;
      if (state === 'lost') this.tick.value = null;
    },
  };

  /** The answer to this page's own step may be newer than what the stream has sent just before it. */
  private takeDrop(drop: AdminDrop): void {
    clock.heard(drop.serverTime);
    if (drop.revision >= (this.drop.data.value?.revision ?? 0)) this.drop.take(drop);
  }

  private apply(counts: LaunchTick['items']): void {
    const drop = this.drop.data.value;
    if (!drop) return;
    const bySku = new Map(counts.map((it) => [it.sku, it]));
    const items = drop.items.map((item) => {
      const it = bySku.get(item.sku);
      if (!it) return item;
      const { available, held, sold, total } = it;
      return { ...item, stock: { ...item.stock, available, held, sold, total } };
    });
    this.drop.data.value = { ...drop, items };
  }
}
