import { EVENTS, type Told } from './live-events';

const GRACE_MS = 1_200;
const FIRST_MS_MAX = 8_000; // the first event comes with the headers
const SILENCE_MS_MAX = 40_000; // more than two heartbeats
const BACKOFF_MS = { first: 1_000, max: 15_000 };

/** Reads the live stream of a drop until it is closed. The browser comes back by itself after most faults; this does where the browser gives up. */
export class StreamReader {
  private source: EventSource | undefined;
  private line: 'live' | 'lost' | undefined;
  private lostTimer = 0;
  private silenceTimer = 0;
  private againTimer = 0;
  private backoffMs = BACKOFF_MS.first;

  constructor(
    private readonly dropId: string,
    private readonly told: (told: Told) => void,
  ) {}

  open(): void {
    this.end();
    const source = new EventSource(`/v1/drops/${encodeURIComponent(this.dropId)}/live`);
    this.source = source;
    for (const event of EVENTS)
      source.addEventListener(event, ({ data }: MessageEvent<string>) => {
        this.alive();
        this.told({ kind: 'event', event, data: JSON.parse(data) as unknown });
      });
    source.onerror = () => this.failed(source);
    this.watch(FIRST_MS_MAX);
  }

  close(): void {
    this.end();
    clearTimeout(this.lostTimer);
    this.lostTimer = 0;
  }

  private end(): void {
    this.source?.close();
    this.source = undefined;
    clearTimeout(this.silenceTimer);
    clearTimeout(this.againTimer);
  }

  private alive(): void {
    clearTimeout(this.lostTimer);
    this.lostTimer = 0;
    this.backoffMs = BACKOFF_MS.first;
    this.tellLine('live');
    this.watch(SILENCE_MS_MAX);
  }

  private watch(ms: number): void {
    clearTimeout(this.silenceTimer);
    this.silenceTimer = window.setTimeout(() => {
      this.sayLost();
      this.open();
    }, ms);
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
    this.lostTimer ||= window.setTimeout(() => this.tellLine('lost'), GRACE_MS);
  }

  private tellLine(state: 'live' | 'lost'): void {
    if (this.line === state) return;
    this.line = state;
    this.told({ kind: 'line', state });
  }
}
