import type { RedisConnection } from '@holdfast/redis';
import { gateKeys } from '../../apps/inventory/src/adapters/redis/gate/gate-scripts';
import { GATE_SETTINGS } from '../../apps/inventory/src/adapters/redis/gate/gate-settings';

/** What the gate of a drop has in Redis, as far as its counting goes. */
export interface DropInRedis {
  units: Map<string, number>;
  /** SKUs whose row is old enough to be tried out. */
  old: Set<string>;
  aloft: Map<string, number>;
  /** Holds that are counted, by the time until which they are. */
  flight: Map<string, number>;
  packed: Set<string>;
}

export async function readDrop(redis: RedisConnection, dropId: string, nowMs: number): Promise<DropInRedis> {
  const [gateKey, , flightKey, aloftKey] = gateKeys(dropId);
  const [gate, flight, aloft] = await Promise.all([
    redis.client.hgetall(gateKey),
    redis.client.zrange(flightKey, 0, -1, 'WITHSCORES'),
    redis.client.hgetall(aloftKey),
  ]);
  const read: DropInRedis = {
    units: new Map(),
    old: new Set(),
    aloft: new Map(),
    flight: new Map(),
    packed: new Set(),
  };
  for (const [field, text] of Object.entries(gate)) {
    if (!field.startsWith('s:')) continue;
    const [units, , , at, probed] = text.split(' ').map(Number);
    read.units.set(field.slice(2), units!);
    if (nowMs - Math.max(at!, probed!) > GATE_SETTINGS.probeMs) read.old.add(field.slice(2));
  }
  for (let i = 0; i < flight.length; i += 2) read.flight.set(flight[i]!, Number(flight[i + 1]));
  for (const [field, value] of Object.entries(aloft)) {
    if (field.startsWith('u:')) read.aloft.set(field.slice(2), Number(value));
    else read.packed.add(field.slice(2));
  }
  return read;
}
