import { silentLogger } from '@holdfast/observability';
import { RedisUnavailable } from '@holdfast/redis';
import { TestClock } from '@holdfast/testing';
import { Admission } from './admission';
import { GateDrops } from './gate-drops';
import { GateLink, type GateParts } from './gate-link';
import type { GateUpdate } from './gate-scripts';
import type { GateSeeder } from './gate-seeder';
import { GATE_SETTINGS } from './gate-settings';
import { LuaCode } from './lua/lua.generated';

const DROP = 'd1234567';

/** An admission to a seeded gate in a Redis that answers updates as told, and admits everybody. */
function admission() {
  const asked: string[] = [];
  const answers: (LuaCode | Error)[] = [];
  const clock = new TestClock();
  const drops = new GateDrops(clock);
  const scripts = {
    learn: async (_: string, { customers = [] }: GateUpdate) => {
      asked.push(`${customers.length} customers`);
      const answer = answers.shift() ?? LuaCode.SEEDED;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    admit: async (_: string, places: unknown[]) => {
      asked.push(`${places.length} places`);
      return places.map(() => LuaCode.ADMITTED);
    },
  };
  const parts = {
    ...{ clock, drops, scripts, settings: GATE_SETTINGS, logger: silentLogger() },
    redis: { isUp: true, placeOf: () => 'here' },
    counts: { failedCalls: 0, admitted: 0 },
  } as unknown as GateParts;
  const link = new GateLink(parts);
  const drop = drops.get(DROP);
  drop.seeded(link.incarnationOf(drop));
  const subject = new Admission(parts, link, { reseedIfDue: () => undefined } as unknown as GateSeeder);
  const place = { dropId: DROP, customerId: 'cus_1', lines: [{ sku: 'A', quantity: 1 }], holdId: () => 'h1' };
  return { asked, answers, clock, drop, decide: () => subject.decide(place) };
}

describe('customers that Redis lacks', () => {
  it('come before any place, in parts; after a failed part the rest is sent again', async () => {
    const { asked, answers, clock, drop, decide } = admission();
    drop.unsynced.addGranted(Array.from({ length: 2_500 }, (_, n) => `cus_${n}`));
    answers.push(LuaCode.SEEDED, new RedisUnavailable('no answer in time', true));
    expect(await decide()).toEqual({ kind: 'wait' });
    expect(asked.splice(0)).toEqual(['1000 customers', '1000 customers']);
    clock.advance(GATE_SETTINGS.circuitOpenMs);
    expect(await decide()).toEqual({ kind: 'ask' });
    expect(asked).toEqual(['1000 customers', '500 customers', '1 places']);
    expect(drop.unsynced.isEmpty).toBe(true);
  });

  it('are not those who only asked, although sending them failed', async () => {
    const { answers, drop, decide } = admission();
    drop.unsynced.addUnseen('h_loser', 'cus_loser');
    answers.push(new RedisUnavailable('no answer in time', true));
    expect(await decide()).toEqual({ kind: 'wait' });
    expect(drop.unsynced.all).toEqual(['cus_loser']);
    drop.unsynced.decided(['h_loser']);
    expect(drop.unsynced.all).toEqual([]);
  });
});
