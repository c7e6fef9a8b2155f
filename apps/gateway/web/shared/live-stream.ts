import { type LiveListener, tell, type Told } from './live-events';
import { StreamReader } from './stream-reader';

const HIDDEN_MS_MAX = 5_000; // a browser opens six connections to one shop: a hidden tab must not keep one
const SILENCE_MS_MAX = 45_000; // longer than the tab that reads needs to detect a dead stream

/** A message between the tabs of one drop; `ask`: a new tab requests the state of the connection. */
type Message = Told | { kind: 'ask' };

/**
 * Live counts of one drop, read only while the page is visible, and once for all tabs of the drop: the tab that has the lock reads and
 * broadcasts; the next one takes over when it is closed or hidden. In a browser without locks or channels each visible tab reads for itself.
 */
export class LiveStream {
  /** Exists while the page is visible, and is aborted when it is hidden. */
  private visit: AbortController | undefined;
  private reader: StreamReader | undefined;
  private hiddenTimer = 0;
  private silenceTimer = 0;

  constructor(
    private readonly dropId: string,
    private readonly listener: LiveListener,
  ) {}

  start(): void {
    document.addEventListener('visibilitychange', () => this.look());
    addEventListener('online', () => this.reader?.open());
    addEventListener('pagehide', () => this.leave());
    addEventListener('pageshow', () => this.look());
    this.look();
  }

  private look(): void {
    clearTimeout(this.hiddenTimer);
    if (!document.hidden) this.come();
    else if (this.visit) this.hiddenTimer = window.setTimeout(() => this.leave(), HIDDEN_MS_MAX);
  }

  private come(): void {
    if (this.visit) return;
    const visit = (this.visit = new AbortController());
    const locks = (navigator as { locks?: LockManager }).locks;
    if (!locks || !('BroadcastChannel' in window)) return this.read(visit.signal);
    const name = `holdfast.live.${this.dropId}`;
    const channel = new BroadcastChannel(name);
    visit.signal.addEventListener('abort', () => channel.close());
    const read = () => this.read(visit.signal, channel);
    const untilLeft = () => new Promise<void>((left) => visit.signal.addEventListener('abort', () => left()));
    void locks.request(name, { ifAvailable: true }, async (lock) => {
      if (visit.signal.aborted) return;
      if (lock) {
        read();
        return untilLeft();
      }
      this.follow(channel, visit.signal);
      // Not awaited: the first request has to end before this tab can get the lock.
      const turn = locks.request(name, { signal: visit.signal }, () => {
        read();
        return untilLeft();
      });
      turn.catch(() => undefined); // hidden before it got the lock
    });
  }

  private leave(): void {
    clearTimeout(this.silenceTimer);
    this.reader?.close();
    this.reader = undefined;
    this.visit?.abort();
    this.visit = undefined;
    this.listener.line('connecting');
  }

  /**
   * Reads the stream, and broadcasts it to the other tabs. A tab that has read only for itself starts again when it gets the lock: the other
   * tabs need the snapshot, and everything after it.
   */
  private read(visit: AbortSignal, channel?: BroadcastChannel): void {
    if (visit.aborted) return;
    clearTimeout(this.silenceTimer);
    this.reader?.close();
    let line: Told | undefined;
    this.reader = new StreamReader(this.dropId, (told) => {
      if (told.kind === 'line') line = told;
      tell(this.listener, told);
      channel?.postMessage(told satisfies Message);
    });
    if (channel)
      channel.onmessage = ({ data }: MessageEvent<Message>) => {
        if (data.kind === 'ask' && line) channel.postMessage(line);
      };
    this.reader.open();
  }

  /** Receives what another tab reads. */
  private follow(channel: BroadcastChannel, visit: AbortSignal): void {
    const watch = () => {
      clearTimeout(this.silenceTimer);
      // The other tab does not respond: this one reads for itself until it gets the lock.
      this.silenceTimer = window.setTimeout(() => {
        if (!this.reader) this.read(visit);
      }, SILENCE_MS_MAX);
    };
    channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if (data.kind === 'ask') return;
      watch();
      tell(this.listener, data);
    };
    watch();
    channel.postMessage({ kind: 'ask' } satisfies Message);
    this.listener.catchUp();
  }
}
