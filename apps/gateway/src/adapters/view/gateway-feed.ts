import { LiveFeed, type LiveListener, type LiveMessage } from '@holdfast/contracts';

/**
 * What this gateway's readers are told: the messages of the projectors after the mirror has taken them, and what the gateway finds out itself
 * (counts that it read again, a source that fell silent). A message is with every listener before `publish` returns.
 */
export class GatewayFeed extends LiveFeed {
  private readonly listeners = new Set<LiveListener>();

  /** `onFault` hears of listeners that throw: a defect of theirs, which must not cost the others their message. */
  constructor(private readonly onFault: (fault: unknown) => void = () => undefined) {
    super();
  }

  override publish(message: LiveMessage): Promise<void> {
    this.tell(message);
    return Promise.resolve();
  }

  override subscribe(listener: LiveListener): () => void {
    const own: LiveListener = (message) => listener(message);
    this.listeners.add(own);
    return () => void this.listeners.delete(own);
  }

  readonly tell = (message: LiveMessage): void => {
    for (const listener of [...this.listeners]) {
      if (!this.listeners.has(listener)) continue;
      try {
        listener(message);
      } catch (fault) {
        this.onFault(fault);
      }
    }
  };
}
