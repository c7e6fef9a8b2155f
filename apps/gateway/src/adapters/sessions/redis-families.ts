import { hash } from 'node:crypto';
import { ServiceUnavailable } from '@holdfast/contracts';
import type { Clock } from '@holdfast/kernel';
import { type LuaCall, RedisCalls, type RedisConnection, RedisUnavailable } from '@holdfast/redis';
import { SessionFamilies } from '../../application/ports/session-families.port';
import { GRACE_MS, type Rotation } from '../../domain/session-family';
import { lua, LuaCode } from './lua.generated';

const DEADLINE_MS = 200;
// The lifetime of a refresh token: a family that has ended stays ended.
const TTL_MS = 30 * 24 * 3600 * 1000;
// 4,096 buckets of 64 are 260,000 families and about 30 MB, however many are requested.
const FAMILIES_MAX = 64;
const BUCKET_DIGITS = 3; // of 16

/** The families that all gateways of a cluster share. While Redis is unreachable sessions continue without a check of the rotation. */
export class RedisFamilies extends SessionFamilies {
  private readonly rotateFamily: LuaCall;
  private readonly endFamily: LuaCall;

  constructor(
    redis: RedisConnection,
    private readonly clock: Clock,
    private readonly familiesMax = FAMILIES_MAX,
    deadlineMs = DEADLINE_MS,
  ) {
    super();
    const calls = new RedisCalls(redis, { what: 'guest sessions', deadlineMs });
    this.rotateFamily = calls.script(lua.rotateFamily);
    this.endFamily = calls.script(lua.endFamily);
  }

  override async rotate(family: string, generation: number): Promise<Rotation> {
    const nowMs = this.now();
    try {
      const args = [family, generation, nowMs, GRACE_MS, TTL_MS, this.familiesMax];
      const [code, newest, atMs] = (await this.rotateFamily([keyOf(family)], args)) as [
        number,
        number,
        number,
      ];
      if (code === (LuaCode.ENDED as number)) return { kind: 'ended' };
      if (code === (LuaCode.REUSED as number)) return { kind: 'reused' };
      return { kind: 'successor', generation: newest, atMs };
    } catch (error) {
      if (!(error instanceof RedisUnavailable)) throw error;
      // The same as Redis wrote, in case only the answer is lost.
      return { kind: 'successor', generation: generation + 1, atMs: nowMs };
    }
  }

  override async end(family: string): Promise<void> {
    try {
      await this.endFamily([keyOf(family)], [family, this.now(), TTL_MS, this.familiesMax]);
    } catch (error) {
      if (error instanceof RedisUnavailable) throw new ServiceUnavailable('the session could not be ended');
      throw error;
    }
  }

  private now(): number {
    return Math.round(this.clock.now());
  }
}

function keyOf(family: string): string {
  return `hf1:{session-${hash('sha256', family, 'hex').slice(0, BUCKET_DIGITS)}}:families`;
}
