import type { GateDrop } from './gate-drop';
import type { GateLink, GateParts } from './gate-link';
import { seedGate, type SeedOutcome } from './gate-seeding';

const SEEDINGS_AT_ONCE_MAX = 2; // they share the connections of the lanes
const JITTER_MS = 50;

/**
 * Decides when the gate of a drop is seeded from the ledger, and for how long its circuit is open if that
 * fails.
 */
export class GateSeeder {
  private running = 0;

  constructor(
    private readonly parts: GateParts,
    private readonly link: GateLink,
    /** Pending places have to be decided again. */
    private readonly onEnd: (dropId: string) => void,
  ) {}

  /** Starts a seeding unless one is running, or it is too early for the next one. */
  start(drop: GateDrop): void {
    if (drop.seeding) return;
    if (this.now < drop.doubtedUntil) this.openCircuit(drop, drop.doubtedUntil - this.now);
    if (this.now < Math.max(drop.doubtedUntil, drop.seedAgainAt) || this.running >= SEEDINGS_AT_ONCE_MAX)
      return;
    void this.run(drop, (ms) => this.openCircuit(drop, ms));
  }

  /**
   * Adds customers that a gate in use may lack after an unknown outcome. In the background: other seedings go
   * first.
   */
  reseedIfDue(drop: GateDrop): void {
    if (drop.seeding || this.now < drop.reseedAt || this.running > 0) return;
    void this.run(drop, (ms) => (drop.reseedAt = Math.max(drop.reseedAt, this.now + ms)));
  }

  private get now(): number {
    return this.link.nowMs;
  }

  private async run(drop: GateDrop, postpone: (ms: number) => void): Promise<void> {
    const { settings, counts } = this.parts;
    const beganAt = this.now;
    drop.seeding = true;
    this.running += 1;
    const outcome = await this.seed(drop);
    drop.seeding = false;
    this.running -= 1;
    // Without jitter two instances could take the lease from each other forever.
    if (outcome === 'busy') drop.seedAgainAt = this.now + (JITTER_MS + this.now - beganAt) * Math.random();
    else if (outcome === 'too-many') postpone(settings.tooManyRetryMs);
    else if (outcome !== 'seeded') postpone(settings.seedRetryMs);
    else if (beganAt >= drop.doubtedUntil) drop.reseedAt = Infinity;
    if (outcome === 'seeded') counts.seedings += 1;
    this.onEnd(drop.id);
  }

  private async seed(drop: GateDrop): Promise<SeedOutcome | 'failed'> {
    try {
      return await seedGate(this.parts, drop, this.link.incarnationOf(drop));
    } catch (error) {
      this.parts.logger.warn(
        { dropId: drop.id, reason: String(error) },
        'gate could not be seeded from the ledger, retrying',
      );
      return 'failed';
    }
  }

  private openCircuit(drop: GateDrop, ms: number): void {
    drop.seedAgainAt = this.now + ms;
    drop.circuitOpenUntil = drop.seedAgainAt;
    // No place waits for it any longer: the grace time has passed.
    drop.failingSince = this.now - this.parts.settings.graceMs;
  }
}
