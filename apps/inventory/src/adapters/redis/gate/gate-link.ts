import type { Clock } from '@holdfast/kernel';
import type { Logger } from '@holdfast/observability';
import { RedisUnavailable, type RedisConnection } from '@holdfast/redis';
import type { GateSource } from '../../../application/ports/gate-source.port';
import type { GateCounts } from './decisions';
import type { GateDrop } from './gate-drop';
import type { GateDrops } from './gate-drops';
import { gateKeys, type GateScripts, type GateUpdate } from './gate-scripts';
import type { GateSettings } from './gate-settings';
import type { LuaCode } from './lua/lua.generated';

/** Shared by the parts of one gate. */
export interface GateParts {
  redis: RedisConnection;
  scripts: GateScripts;
  drops: GateDrops;
  source: GateSource;
  settings: GateSettings;
  clock: Clock;
  logger: Logger;
  counts: GateCounts;
}

const LOG_EVERY_MS = 1_000; // several calls may be in flight to an unreadable gate

/**
 * The connection to the gates of the drops: whether a gate may be called, and what follows when a call fails.
 */
export class GateLink {
  constructor(private readonly parts: GateParts) {}

  get nowMs(): number {
    return this.parts.clock.monotonicMs();
  }

  isOpen(drop: GateDrop): boolean {
    return this.parts.redis.isUp && this.nowMs >= drop.circuitOpenUntil;
  }

  /** After a lost connection the server may be another one, or may have lost its last writes. */
  incarnationOf(drop: GateDrop): string {
    return drop.incarnationIn(this.parts.redis.placeOf(gateKeys(drop.id)[0]));
  }

  /** Whether this process has seeded or checked the gate since it could last have lost data. */
  isSeeded(drop: GateDrop): boolean {
    return drop.isSeeded(this.incarnationOf(drop));
  }

  /** Never rejects; null if Redis did not accept it. The next update repairs the rows. */
  async update(dropId: string, update: GateUpdate): Promise<LuaCode | null> {
    try {
      return await this.parts.scripts.learn(dropId, update);
    } catch (error) {
      this.failed(this.parts.drops.get(dropId), error);
      return null;
    }
  }

  /** The call may have been executed nevertheless: scripts are idempotent, and their counts expire. */
  failed(drop: GateDrop, error: unknown): void {
    const { redis, settings, logger, counts } = this.parts;
    counts.failedCalls += 1;
    drop.circuitOpenUntil = Math.max(drop.circuitOpenUntil, this.nowMs + settings.circuitOpenMs);
    if (error instanceof RedisUnavailable) return;
    // Keys of another type, or values that no script of this version has written: delete them.
    if (this.nowMs - drop.loggedAt >= LOG_EVERY_MS) {
      drop.loggedAt = this.nowMs;
      logger.error({ dropId: drop.id, err: error }, 'gate unreadable, emptying and seeding it again');
    }
    redis.client.unlink(...gateKeys(drop.id)).catch(() => undefined);
  }
}
