import { type Background, type Clock, PeriodicWorker } from '@holdfast/kernel';
import type { MerchantAccess } from './merchant-access';
import type { MerchantPrincipal } from './request';
import type { RevocationWatch } from './revocation-watch';

const LOOK_EVERY_MS = 250;
/** Revocations that cannot be read are known to be old after four seconds; with this the access has ended within the five of the contract. */
const PATIENCE_MS = 700;

/**
 * Why an answer that is still going out has to end. `revoked`: signed out, the role or the password changed, the person or the key removed.
 * `expired`: the time of the access token or of the key is over. `unknown`: accounts cannot be asked whether it was revoked.
 */
export type AccessEnd = 'revoked' | 'expired' | 'unknown';

interface Open {
  principal: MerchantPrincipal;
  endsAtMs: number;
  onEnd: (why: AccessEnd) => void;
}

/**
 * Answers that take longer than a moment: streams and downloads. The guard has admitted them when they began; this ends them within five seconds
 * when the caller may no longer read.
 */
export class OpenAccess implements Background {
  private readonly open = new Set<Open>();
  private readonly worker: PeriodicWorker;

  constructor(
    private readonly watch: Pick<RevocationWatch, 'hasEnded' | 'isCurrent'>,
    private readonly access: Pick<MerchantAccess, 'refusalOf'>,
    private readonly clock: Clock,
    onError: (error: unknown) => void,
  ) {
    this.worker = new PeriodicWorker({ everyMs: LOOK_EVERY_MS, run: () => this.look(), onError });
  }

  get size(): number {
    return this.open.size;
  }

  start(): void {
    this.worker.start();
  }

  stop(): Promise<void> {
    return this.worker.stop();
  }

  /**
   * Calls `onEnd` once when the access has ended; returns how to forget it. `finite`: an answer that comes to an end by itself may outlast its token,
   * because a download that began in time is not begun again with the next one.
   */
  track(principal: MerchantPrincipal, onEnd: (why: AccessEnd) => void, finite = false): () => void {
    const it: Open = { principal, endsAtMs: finite ? Infinity : principal.endsAtMs, onEnd };
    this.open.add(it);
    return () => void this.open.delete(it);
  }

  private async look(): Promise<void> {
    if (this.open.size === 0) return;
    const known = await this.watch.isCurrent(PATIENCE_MS);
    const nowMs = this.clock.now();
    const left: Open[] = [];
    for (const it of this.open) {
      const why = this.endOf(it, nowMs);
      if (why) this.end(it, why);
      else left.push(it);
    }
    // Asks others: together, so that nobody waits for the answers to all before.
    const rest = left.map(async (it) => {
      const why = known ? await this.refusalOf(it) : 'unknown';
      if (why) this.end(it, why);
    });
    await Promise.all(rest);
  }

  private end(it: Open, why: AccessEnd): void {
    if (this.open.delete(it)) it.onEnd(why);
  }

  /** A merchant that begins to require a second factor ends who has none. */
  private async refusalOf({ principal }: Open): Promise<AccessEnd | null> {
    const refusal = await this.access.refusalOf(principal, 'merchant').catch(() => null);
    return refusal && 'revoked';
  }

  private endOf({ principal, endsAtMs }: Open, nowMs: number): AccessEnd | null {
    const id = principal.kind === 'staff' ? principal.sessionId : principal.keyId;
    if (this.watch.hasEnded(id)) return 'revoked';
    return endsAtMs <= nowMs ? 'expired' : null;
  }
}
