import { Link, type LinkTarget, WrongKey } from './link';
import type { PeerParts } from './peer-parts';

/** Keeps a peer connected: dials again whenever the link is gone, for as long as it takes, and says so once. */
export class Dialler {
  private current: Link | null = null;
  private closed = false;
  private said: string | null = null;
  private wake: () => void = () => undefined;

  constructor(
    private readonly parts: PeerParts,
    private readonly onUp: () => void,
  ) {
    void this.run();
  }

  get link(): Link | null {
    return this.current;
  }

  close(): void {
    this.closed = true;
    this.current?.close('closed');
    this.wake();
  }

  private async run(): Promise<void> {
    const { settings, random } = this.parts;
    let pauseMs = settings.redialMsMin;
    while (!this.closed) {
      const reason = await this.once(() => (pauseMs = settings.redialMsMin));
      if (this.closed) return;
      this.say(reason);
      // Half of it is left to chance, so that the callers of a peer that comes back do not come as one.
      await this.pause(pauseMs * (0.5 + random() / 2));
      pauseMs = Math.min(settings.redialMsMax, pauseMs * 2);
    }
  }

  /** One connection, from the dialling to its end. Returns why it ended. */
  private async once(greeted: () => void): Promise<string> {
    const target: LinkTarget = this.parts;
    try {
      const link = await Link.open(target);
      if (this.closed) link.close('closed');
      else this.up(link);
      greeted();
      return await link.ended;
    } catch (error) {
      if (error instanceof WrongKey) return error.message;
      return `no connection (${(error as Error).message})`;
    } finally {
      this.current = null;
    }
  }

  private up(link: Link): void {
    this.current = link;
    // Gone before anybody could be told: calls must not be sent on it until the loop comes round.
    void link.ended.then(() => {
      if (this.current === link) this.current = null;
    });
    this.parts.logger.info({ peer: this.parts.name }, 'connected to a peer');
    this.said = null;
    this.onUp();
  }

  private say(reason: string): void {
    if (this.said === reason) return;
    this.said = reason;
    this.parts.logger.warn({ peer: this.parts.name, reason }, 'a peer is away: dialling on');
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
