import type { ApiKey, Revocations, StaffClaims } from '@holdfast/contracts';
import { STAFF_ACCESS_SECONDS, StaffTokenReader } from '@holdfast/contracts';
import { type Background, type Clock, PeriodicWorker, withDeadline } from '@holdfast/kernel';

const LOOK_EVERY_MS = 1_000;
/** A gateway that has heard nothing for so long asks before it admits anybody: a revocation counts within 5 s everywhere. */
const HEARD_MS_MAX = 4_000;
const KEYS_EVERY_MS = 30_000;
/** After that time no token that was ended is alive any more; an API key that was removed is no longer remembered by then. */
const REMEMBER_MS = (STAFF_ACCESS_SECONDS + 60) * 1_000;

/** Verifies access tokens of staff in this process, and knows which sessions and API keys were ended. */
export class RevocationWatch implements Background {
  private reader = new StaffTokenReader([]);
  private readonly ended = new Map<string, number>();
  private readonly worker: PeriodicWorker;
  private cursor = 0;
  private heardAtMs = -Infinity;
  private keysAtMs = -Infinity;
  private asking: Promise<void> | null = null;

  constructor(
    private readonly revocations: Revocations,
    private readonly clock: Clock,
    onError: (error: unknown) => void,
  ) {
    this.worker = new PeriodicWorker({ everyMs: LOOK_EVERY_MS, run: () => this.ask(), onError });
  }

  /** Revocations that are remembered. */
  get size(): number {
    return this.ended.size;
  }

  start(): void {
    this.worker.start();
  }

  stop(): Promise<void> {
    return this.worker.stop();
  }

  /** What a token of staff says, while it and its session are alive. Throws `ServiceUnavailable` when that cannot be known. */
  async read(token: string): Promise<StaffClaims | null> {
    await this.beFresh();
    const claims = this.reader.read(token, this.clock.now());
    return claims && this.ended.has(claims.sessionId) ? null : claims;
  }

  /** Whether an API key that was found a moment ago still counts. */
  async isLive({ id }: Pick<ApiKey, 'id'>): Promise<boolean> {
    await this.beFresh();
    return !this.ended.has(id);
  }

  /** Whether the session or the API key was ended, as far as it is known here. */
  hasEnded(id: string): boolean {
    return this.ended.has(id);
  }

  /** False when nothing was heard for so long that an end of the last seconds may be unknown here, and asking brings no answer within `patienceMs`. */
  async isCurrent(patienceMs: number): Promise<boolean> {
    const fresh = withDeadline('revocations', patienceMs, this.beFresh());
    return fresh.then(
      () => true,
      () => false,
    );
  }

  private async beFresh(): Promise<void> {
    if (this.clock.monotonicMs() - this.heardAtMs <= HEARD_MS_MAX) return;
    await this.ask();
  }

  /** Calls at the same time share one answer. */
  private ask(): Promise<void> {
    this.asking ??= this.hear().finally(() => (this.asking = null));
    return this.asking;
  }

  private async hear(): Promise<void> {
    const askedAtMs = this.clock.monotonicMs();
    if (askedAtMs - this.keysAtMs > KEYS_EVERY_MS) {
      this.reader = new StaffTokenReader(await this.revocations.tokenKeys());
      this.keysAtMs = askedAtMs;
    }
    for (let more = true; more;) {
      const page = await this.revocations.revocationsSince(this.cursor);
      for (const { id } of page.items) this.ended.set(id, askedAtMs + REMEMBER_MS);
      this.cursor = page.cursor;
      more = page.more;
    }
    // The time of the question: what was ended while the answer was under way is in the next one.
    this.heardAtMs = askedAtMs;
    for (const [id, untilMs] of this.ended) if (untilMs <= askedAtMs) this.ended.delete(id);
  }
}
