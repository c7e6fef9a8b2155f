import { ServiceUnavailable, type PlaceOutcome } from '@holdfast/contracts';
import { randomId } from '@holdfast/kernel';
import { silentLogger } from '@holdfast/observability';
import { openRedis, type RedisConnection } from '@holdfast/redis';
import { waitFor } from '@holdfast/testing';
import { NoGate } from '../../apps/inventory/src/adapters/memory/no-gate';
import { GATE_SETTINGS, type GateSettings } from '../../apps/inventory/src/adapters/redis/gate/gate-settings';
import { RedisGate } from '../../apps/inventory/src/adapters/redis/gate/redis-gate';
import { LANE_SETTINGS } from '../../apps/inventory/src/application/lane-settings';
import type { Gate } from '../../apps/inventory/src/application/ports/gate.port';
import type { Ledger } from '../../apps/inventory/src/application/ports/ledger.port';
import { newCustomerId, openInventory, placeHold, wordOf, type Inventory, type Wish } from './inventory';

const SLOWER = 10;
/**
 * The product's deadlines in the same proportions, each ten times as long: on a machine that stands still for some seconds a place still gets its
 * answer, so that nothing but the gate decides how many places go to the ledger.
 */
const UNHURRIED = {
  gate: {
    callDeadlineMs: 10_000,
    inFlightMs: SLOWER * GATE_SETTINGS.inFlightMs,
    probeMs: SLOWER * GATE_SETTINGS.probeMs,
    graceMs: SLOWER * GATE_SETTINGS.graceMs,
    pendingMsMax: SLOWER * GATE_SETTINGS.pendingMsMax,
    seedLeaseMs: SLOWER * GATE_SETTINGS.seedLeaseMs,
  },
  inventory: {
    settings: {
      deadlineMs: SLOWER * LANE_SETTINGS.deadlineMs,
      predictedWaitMsMax: SLOWER * LANE_SETTINGS.predictedWaitMsMax,
    },
    statementTimeoutMs: SLOWER * 1_500,
    connectTimeoutMs: SLOWER * 3_000,
  },
};

/** One inventory process with a gate in Redis, and what of its places reaches the ledger. */
export interface GatedInventory extends Inventory {
  redis: RedisConnection;
  redisGate: RedisGate;
  /** Places that were sent to the ledger, each time that they were. */
  placed(): number;
  closeAll(): Promise<void>;
}

export async function openGated(
  url: string,
  redisUrls: string[],
  options: { settings?: Partial<GateSettings>; dress?: (gate: RedisGate) => Gate; unhurried?: boolean } = {},
): Promise<GatedInventory> {
  const { dress = (gate) => gate, unhurried = false } = options;
  const settings = { ...(unhurried && UNHURRIED.gate), ...options.settings };
  const redis = openRedis({ urls: redisUrls, name: 'inventory under test', logger: silentLogger() });
  let places = 0;
  const counting = (ledger: Ledger): Ledger => {
    const runBatch = ledger.runBatch.bind(ledger);
    ledger.runBatch = (dropId, commands) => {
      places += commands.filter(({ kind }) => kind === 'place').length;
      return runBatch(dropId, commands);
    };
    return ledger;
  };
  let redisGate!: RedisGate;
  const inventory = openInventory(url, {
    wrap: counting,
    ...(unhurried && UNHURRIED.inventory),
    makeGate: (source, clock) => {
      redisGate = new RedisGate({ redis, clock, source, logger: silentLogger(), settings });
      return dress(redisGate);
    },
  });
  await waitFor('the connection to Redis', () => redis.isUp);
  const closeAll = async () => {
    await inventory.close();
    redis.close();
  };
  return { ...inventory, redis, redisGate, placed: () => places, closeAll };
}

export function openUngated(url: string): Inventory {
  return openInventory(url, { makeGate: () => new NoGate() });
}

/**
 * What a shopper does who is told to come back: the same key again, a little later, until there is an answer. The hold of an attempt whose answer was
 * lost is the shopper's first answer, so it does not count as replayed.
 */
export async function buyPatiently(
  inventory: Inventory,
  dropId: string,
  wish: Wish = {},
): Promise<PlaceOutcome> {
  const same = { customerId: newCustomerId(), key: randomId(), ...wish };
  let answerLost = false;
  for (;;) {
    try {
      const outcome = await placeHold(inventory, dropId, same);
      if (outcome.kind === 'held' && answerLost) return { ...outcome, replayed: false };
      if (outcome.kind !== 'busy') return outcome;
    } catch (error) {
      if (!(error instanceof ServiceUnavailable)) throw error;
      answerLost = true;
    }
    await new Promise((resolve) => setTimeout(resolve, 30 + 70 * Math.random()));
  }
}

/** Buyers who arrive evenly over some time; their answers in words. */
export async function crowdOf(
  buyers: number,
  overMs: number,
  buy: (n: number) => Promise<PlaceOutcome>,
): Promise<string[]> {
  const words: Promise<string>[] = [];
  const began = performance.now();
  while (words.length < buyers) {
    const due = overMs === 0 ? buyers : Math.ceil((buyers * (performance.now() - began + 1)) / overMs);
    while (words.length < Math.min(buyers, due)) words.push(buy(words.length).then(wordOf));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return Promise.all(words);
}
