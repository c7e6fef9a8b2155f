import { createParser } from 'eventsource-parser';
import type { Answer } from '../../shared/answer';
import type { AdminDrop, DropStats } from './types';

/** Counts of a SKU, and how many things happened a second since the last tick: of all gateways together, about two seconds ago. */
export interface LaunchTick {
  asOf: string;
  items: { sku: string; total: number; available: number; held: number; sold: number }[];
  rates: {
    arrivals: number;
    holds: number;
    refusals: Record<string, number>;
    paid: number;
    failed: number;
  };
  readers: number;
  p99Ms: number;
  sourceLagMs: number;
  stale: boolean;
}

/** What the stream of a launch says. */
export interface LaunchListener {
  snapshot(drop: AdminDrop, stats: DropStats): void;
  tick(tick: LaunchTick): void;
  changed(drop: AdminDrop): void;
  /** The drop was deleted, or is not this merchant's. */
  gone(): void;
  /** `lost` is reported after a grace period, not for a short interruption. */
  line(state: 'live' | 'lost'): void;
}

/** Opens the stream once: its bytes, or why there are none. The signal ends it. */
export type OpenStream = (signal: AbortSignal) => Promise<Answer<ReadableStream<Uint8Array> | null>>;

const GRACE_MS = 1_500;
const FIRST_MS_MAX = 8_000; // the snapshot comes with the headers
const SILENCE_MS_MAX = 15_000; // there is a tick at least every five seconds
const BACKOFF_MS = { first: 500, max: 15_000 };

/** Reads the stream of one launch until it is closed, and reconnects with growing pauses. */
export class LaunchStream {
  private connection: AbortController | undefined;
  private lineState: 'live' | 'lost' | undefined;
  private lostTimer: ReturnType<typeof setTimeout> | undefined;
  private silenceTimer: ReturnType<typeof setTimeout> | undefined;
  private againTimer: ReturnType<typeof setTimeout> | undefined;
  private backoffMs = BACKOFF_MS.first;

  constructor(
    private readonly openStream: OpenStream,
    private readonly listener: LaunchListener,
    private readonly random: () => number = Math.random,
  ) {}

  /** Connects now, whatever pause there was. */
  open(): void {
    this.end();
    const connection = (this.connection = new AbortController());
    this.watch(FIRST_MS_MAX);
    void this.read(connection.signal).then(() => {
      if (!connection.signal.aborted) this.again();
    });
  }

  close(): void {
    this.end();
    clearTimeout(this.lostTimer);
    this.lostTimer = undefined;
  }

  private end(): void {
    this.connection?.abort();
    this.connection = undefined;
    clearTimeout(this.silenceTimer);
    clearTimeout(this.againTimer);
  }

  /** Resolves when this connection is over, however it ended. */
  private async read(signal: AbortSignal): Promise<void> {
    const answer = await this.openStream(signal);
    if (signal.aborted) return;
    if (answer.kind === 'problem' && answer.status === 404) return this.over();
    if (answer.kind !== 'ok' || !answer.body) return;
    const parser = createParser({ onEvent: ({ event, data }) => this.hear(event, data) });
    const text = new TextDecoder();
    const reader = answer.body.getReader();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done || signal.aborted) return;
        parser.feed(text.decode(value, { stream: true }));
      }
    } catch {
      // The connection broke: the caller reconnects.
    }
  }

  private hear(event: string | undefined, text: string): void {
    this.alive();
    const data: unknown = JSON.parse(text);
    switch (event) {
      case 'snapshot': {
        const { drop, stats } = data as { drop: AdminDrop; stats: DropStats };
        return this.listener.snapshot(drop, stats);
      }
      case 'tick':
        return this.listener.tick(data as LaunchTick);
      case 'drop':
        return this.listener.changed(data as AdminDrop);
      case 'end':
        if ((data as { reason?: string }).reason === 'deleted') this.over();
        return;
      default: // added to the stream after this page was loaded
    }
  }

  private over(): void {
    this.close();
    this.listener.gone();
  }

  private alive(): void {
    clearTimeout(this.lostTimer);
    this.lostTimer = undefined;
    this.backoffMs = BACKOFF_MS.first;
    this.tellLine('live');
    this.watch(SILENCE_MS_MAX);
  }

  private watch(ms: number): void {
    clearTimeout(this.silenceTimer);
    this.silenceTimer = setTimeout(() => {
      this.connection?.abort();
      this.again();
    }, ms);
  }

  private again(): void {
    clearTimeout(this.silenceTimer);
    clearTimeout(this.againTimer);
    this.lostTimer ??= setTimeout(() => this.tellLine('lost'), GRACE_MS);
    // Spread, so that the pages of a gateway that went away do not come back together.
    this.againTimer = setTimeout(() => this.open(), this.backoffMs * (0.75 + this.random() / 2));
    this.backoffMs = Math.min(this.backoffMs * 2, BACKOFF_MS.max);
  }

  private tellLine(state: 'live' | 'lost'): void {
    if (this.lineState === state) return;
    this.lineState = state;
    this.listener.line(state);
  }
}
