import type { Counts, Drop } from './types';

export interface LiveListener {
  snapshot(drop: Drop): void;
  stock(items: ({ sku: string } & Counts)[]): void;
  details(drop: Partial<Drop>): void;
  freshness(stale: boolean): void;
  serverTime(time: string): void;
  /** `lost` only after a moment: a blink of the line is nobody's business. */
  line(state: 'live' | 'lost'): void;
}

const GRACE_MS = 1_200;
const SILENCE_MS_MAX = 40_000; // more than two heartbeats
const BACKOFF_MS = { first: 1_000, max: 15_000 };
const HIDDEN_MS_MAX = 60_000; // a browser has few connections to one shop: a tab that nobody looks at must not keep one

/** Live counts of one drop. The browser comes back by itself after most faults; this does where the browser gives up. */
export class LiveStream {
  private source: EventSource | undefined;
  private lostTimer = 0;
  private silenceTimer = 0;
  private againTimer = 0;
  private hiddenTimer = 0;
  private backoffMs = BACKOFF_MS.first;

  constructor(
    private readonly dropId: string,
    private readonly listener: LiveListener,
  ) {}

  start(): void {
    this.open();
    addEventListener('online', () => this.open());
    document.addEventListener('visibilitychange', () => this.look());
  }

  private look(): void {
    clearTimeout(this.hiddenTimer);
    if (document.hidden) this.hiddenTimer = window.setTimeout(() => this.close(), HIDDEN_MS_MAX);
    else if (!this.source) this.open();
  }

  private open(): void {
    this.close();
    const source = new EventSource(`/v1/drops/${encodeURIComponent(this.dropId)}/live`);
    this.source = source;
    const on = (event: string, act: (data: never) => void) =>
      source.addEventListener(event, (message: MessageEvent<string>) => {
        this.alive();
        act(JSON.parse(message.data) as never);
      });
    on('snapshot', (drop: Drop) => this.listener.snapshot(drop));
    on('stock', (data: { items: ({ sku: string } & Counts)[] }) => this.listener.stock(data.items));
    on('drop', (details: Partial<Drop>) => this.listener.details(details));
    on('stale', () => this.listener.freshness(true));
    on('fresh', () => this.listener.freshness(false));
    on('heartbeat', (data: { serverTime: string }) => this.listener.serverTime(data.serverTime));
    source.onerror = () => this.failed(source);
    this.watch();
  }

  private close(): void {
    this.source?.close();
    this.source = undefined;
    clearTimeout(this.silenceTimer);
    clearTimeout(this.againTimer);
  }

  private alive(): void {
    clearTimeout(this.lostTimer);
    this.lostTimer = 0;
    this.backoffMs = BACKOFF_MS.first;
    this.listener.line('live');
    this.watch();
  }

  private watch(): void {
    clearTimeout(this.silenceTimer);
    this.silenceTimer = window.setTimeout(() => {
      this.sayLost();
      this.open();
    }, SILENCE_MS_MAX);
  }

  private failed(source: EventSource): void {
    if (source !== this.source) return;
    this.sayLost();
    if (source.readyState !== EventSource.CLOSED) return;
    clearTimeout(this.againTimer);
    this.againTimer = window.setTimeout(() => this.open(), this.backoffMs * (0.75 + Math.random() / 2));
    this.backoffMs = Math.min(this.backoffMs * 2, BACKOFF_MS.max);
  }

  private sayLost(): void {
    this.lostTimer ||= window.setTimeout(() => this.listener.line('lost'), GRACE_MS);
  }
}
