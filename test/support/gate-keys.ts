import type { RedisConnection } from '@holdfast/redis';
import { gateKeys } from '../../apps/inventory/src/adapters/redis/gate/gate-scripts';
import { GATE_SETTINGS } from '../../apps/inventory/src/adapters/redis/gate/gate-settings';

/** What the gate of a drop has in Redis, as far as its counting goes. */
export interface DropInRedis {
  units: Map<string, number>;
  /** SKUs whose row is old enough to be tried out. */
  old: Set<string>;
  inFlight: Map<string, number>;
  /** Holds that are counted, by the time until which they are. */
  deadlines: Map<string, number>;
  packed: Set<string>;
}

export async function readDrop(redis: RedisConnection, dropId: string, nowMs: number): Promise<DropInRedis> {
  const [gateKey, , deadlinesKey, inFlightKey] = gateKeys(dropId);
  const [gate, deadlines, inFlight] = await Promise.all([
    redis.client.hgetall(gateKey),
    redis.client.zrange(deadlinesKey, 0, -1, 'WITHSCORES'),
    redis.client.hgetall(inFlightKey),
  ]);
  const read: DropInRedis = {
    units: new Map(),
    old: new Set(),
    inFlight: new Map(),
    deadlines: new Map(),
    packed: new Set(),
  };
  for (const [field, text] of Object.entries(gate)) {
    if (!field.startsWith('s:')) continue;
    const [units, , , at, probed] = text.split(' ').map(Number);
    read.units.set(field.slice(2), units!);
    if (nowMs - Math.max(at!, probed!) > GATE_SETTINGS.probeMs) read.old.add(field.slice(2));
  }
  for (let i = 0; i < deadlines.length; i += 2) read.deadlines.set(deadlines[i]!, Number(deadlines[i + 1]));
  for (const [field, value] of Object.entries(inFlight)) {
    if (field.startsWith('u:')) read.inFlight.set(field.slice(2), Number(value));
    else read.packed.add(field.slice(2));
  }
  return read;
}
