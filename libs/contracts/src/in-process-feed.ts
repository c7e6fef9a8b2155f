import { LiveFeed, type LiveListener, type LiveMessage } from './live-feed.port';

/** A live feed within one process: all listeners have been called when `publish` returns. */
export class InProcessFeed extends LiveFeed {
  private readonly listeners = new Set<LiveListener>();

  /** `onFault` is called if a listener throws, which must not keep the message from others. */
  constructor(private readonly onFault: (fault: unknown) => void = () => undefined) {
    super();
  }

  readonly publish = (message: LiveMessage): void => {
    for (const listener of [...this.listeners]) {
      // An earlier listener may have unsubscribed it.
      if (!this.listeners.has(listener)) continue;
      try {
        listener(message);
      } catch (fault) {
        this.onFault(fault);
      }
    }
  };

  override subscribe(listener: LiveListener): () => void {
    // Wrapped, so that subscribing one function twice makes two independent subscriptions.
    const own: LiveListener = (message) => listener(message);
    this.listeners.add(own);
    return () => void this.listeners.delete(own);
  }
}
