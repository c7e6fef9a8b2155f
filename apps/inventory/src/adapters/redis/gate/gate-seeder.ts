import type { Clock } from '@holdfast/kernel';
import type { Logger } from '@holdfast/observability';
import type { GateDrop } from './gate-drop';
import type { GateScripts } from './gate-scripts';
import { seedGate, type GateSource, type SeedOutcome } from './gate-seeding';
import type { GateSettings } from './gate-settings';

export interface GateSeederParts {
  scripts: GateScripts;
  source: GateSource;
  settings: GateSettings;
  clock: Clock;
  logger: Logger;
  /** See `GateDrop.termAt`. */
  termOf: (drop: GateDrop) => string;
  /** Those who were told to wait should check again. */
  onEnd: (drop: GateDrop, outcome: SeedOutcome | 'failed') => void;
}

const AT_ONCE_MAX = 2; // they share the connections of the lanes
const JITTER_MS = 50;

/** Decides when the gate of a drop is filled from the ledger, and for how long there is none when that cannot be done. */
export class GateSeeder {
  private running = 0;

  constructor(private readonly parts: GateSeederParts) {}

  /** Starts a seeding unless one is running here, or it is too early for the next one. */
  start(drop: GateDrop): void {
    if (drop.seeding) return;
    if (this.now < drop.doubtedUntil) this.giveUpFor(drop, drop.doubtedUntil - this.now);
    if (this.now < Math.max(drop.doubtedUntil, drop.seedAgainAt) || this.running >= AT_ONCE_MAX) return;
    this.begin(drop, (ms) => this.giveUpFor(drop, ms));
  }

  /** A look for customers that a gate which is in use may lack. Nobody waits for it, and it takes nobody's turn. */
  lookIfDue(drop: GateDrop): void {
    if (drop.seeding || this.now < drop.looksAt || this.running > 0) return;
    this.begin(drop, (ms) => (drop.looksAt = Math.max(drop.looksAt, this.now + ms)));
  }

  private begin(drop: GateDrop, giveUpFor: (ms: number) => void): void {
    drop.seeding = true;
    this.running += 1;
    void this.run(drop, giveUpFor).then((outcome) => {
      drop.seeding = false;
      this.running -= 1;
      this.parts.onEnd(drop, outcome);
    });
  }

  private get now(): number {
    return this.parts.clock.monotonicMs();
  }

  /** Never rejects. */
  private async run(drop: GateDrop, giveUpFor: (ms: number) => void): Promise<SeedOutcome | 'failed'> {
    const { scripts, source, clock, logger, settings, termOf } = this.parts;
    const beganAt = this.now;
    const wallMs = () => Math.round(clock.now());
    const outcome = await seedGate({ scripts, source, settings, wallMs }, drop, termOf(drop)).catch(
      (error: unknown) => {
        logger.warn(
          { dropId: drop.id, reason: String(error) },
          'the gate could not be filled from the ledger',
        );
        return 'failed' as const;
      },
    );
    // Two that take it from each other in turn would do so for ever, if they came back in step.
    if (outcome === 'busy') drop.seedAgainAt = this.now + (JITTER_MS + this.now - beganAt) * Math.random();
    else if (outcome === 'too-many') giveUpFor(settings.tooManyMs);
    else if (outcome !== 'seeded') giveUpFor(settings.seedAgainMs);
    else if (beganAt >= drop.doubtedUntil) drop.looksAt = Infinity;
    return outcome;
  }

  private giveUpFor(drop: GateDrop, ms: number): void {
    drop.seedAgainAt = this.now + ms;
    drop.blindUntil = drop.seedAgainAt;
    // It has been waited for; there is no gate for some time.
    drop.blindSince = this.now - this.parts.settings.patienceMs;
  }
}
