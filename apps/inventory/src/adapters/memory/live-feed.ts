import { LiveFeed, type LiveListener, type LiveMessage } from '@holdfast/contracts';

/** The live feed of a product that runs in one process: a message is with every listener before `publish` returns. */
export class MemoryLiveFeed extends LiveFeed {
  private readonly listeners = new Set<LiveListener>();

  /** `onFault` hears of listeners that throw: a defect of theirs, which must not cost the others their message. */
  constructor(private readonly onFault: (fault: unknown) => void = () => undefined) {
    super();
  }

  override async publish(message: LiveMessage): Promise<void> {
    for (const listener of [...this.listeners]) {
      // Unsubscribed by a listener that came before it: it must not hear this one any more.
      if (!this.listeners.has(listener)) continue;
      try {
        listener(message);
      } catch (fault) {
        this.onFault(fault);
      }
    }
  }

  override subscribe(listener: LiveListener): () => void {
    // Wrapped, so that subscribing one function twice makes two subscriptions with two ends.
    const own: LiveListener = (message) => listener(message);
    this.listeners.add(own);
    return () => void this.listeners.delete(own);
  }
}
