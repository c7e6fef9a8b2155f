import fc from 'fast-check';
import { silentLogger } from '@holdfast/observability';
import { openRedis, type RedisConnection } from '@holdfast/redis';
import { waitFor } from '@holdfast/testing';
import { GateHistory, type Step } from '../support/gate-history';
import { BreakableRedis } from '../support/gate-model';
import { TestRedis } from '../support/redis';

// Random histories of one or two drops that two instances sell together, with everything that may be lost or late. Whatever the gate says
// is compared with a model of the ledger; `HOLDFAST_GATE_RUNS` plays more of them.

const SEED = Number(process.env['HOLDFAST_SEED'] ?? Date.now() % 1_000_000);
const RUNS = Number(process.env['HOLDFAST_GATE_RUNS'] ?? 60);

const WISHES = 8;
const units = fc.nat({ max: 2 });
const drops = fc.tuple(fc.record({ A: units, B: units, C: units }), fc.record({ A: units }));
const line = fc.record({ sku: fc.constantFrom('A', 'A', 'B', 'C'), quantity: fc.constantFrom(1, 1, 2) });
const wish = fc
  .record({
    drop: fc.constantFrom(0, 0, 0, 1),
    customer: fc.nat({ max: 5 }),
    lines: fc.uniqueArray(line, { minLength: 1, maxLength: 2, selector: ({ sku }) => sku }),
  })
  // The second drop has one SKU.
  .map((it) => (it.drop === 0 ? it : { ...it, lines: [{ sku: 'A', quantity: it.lines[0]!.quantity }] }));
const wishes = fc.array(wish, { minLength: WISHES, maxLength: WISHES });

const by = fc.nat({ max: 1 });
const n = fc.nat({ max: 5 });
const some = (weight: number, arbitrary: fc.Arbitrary<Step>) => ({ weight, arbitrary });
const just = <T extends string>(...kinds: T[]) => fc.constantFrom(...kinds);
const step: fc.Arbitrary<Step> = fc.oneof(
  some(
    9,
    fc.record({
      kind: just('place'),
      by,
      wishes: fc.uniqueArray(fc.nat({ max: WISHES - 1 }), { minLength: 1, maxLength: 5 }),
    }),
  ),
  some(7, fc.record({ kind: just('answer', 'answer', 'answer', 'commit', 'commit', 'tell'), n })),
  some(2, fc.record({ kind: just('lose', 'withdraw'), n })),
  some(3, fc.record({ kind: just('patient'), by, drop: by })),
  some(4, fc.record({ kind: just('replay'), by })),
  some(3, fc.record({ kind: just('end'), by, n, told: fc.boolean() })),
  some(3, fc.record({ kind: just('stream'), by, drop: by, back: fc.nat({ max: 2 }) })),
  some(
    3,
    fc.record({
      kind: just('reconcile', 'slow', 'let-go', 'cut', 'stall', 'lose-reply', 'mend', 'mend'),
      by,
    }),
  ),
  some(1, fc.record({ kind: just('replace'), by, committed: fc.boolean() })),
  some(2, fc.constant({ kind: 'wipe' })),
  some(3, fc.record({ kind: just('time'), ms: fc.constantFrom(60, 150, 800, 1_100, 2_100, 3_100) })),
);
const steps = fc.array(step, { minLength: 1, maxLength: 40, size: 'max' });

let server: TestRedis;
let shared: RedisConnection;
let redises: BreakableRedis[];

beforeAll(async () => {
  // Two that want to fill the gate at once step aside by chance.
  jest.spyOn(Math, 'random').mockReturnValue(0.5);
  server = await TestRedis.start();
  shared = openRedis({ urls: [server.url], name: 'gate model', logger: silentLogger() });
  await waitFor('the connection', () => shared.isUp);
  redises = [new BreakableRedis(shared), new BreakableRedis(shared)];
});
afterAll(async () => {
  jest.restoreAllMocks();
  shared?.close();
  await server?.stop();
});

it(`says what the ledger would say, and sells the last unit (seed ${SEED})`, async () => {
  const seen: Record<string, number> = {};
  let played = 0;
  await fc.assert(
    fc.asyncProperty(drops, wishes, steps, async (stock, wanted, run) => {
      await shared.client.flushall();
      const history = new GateHistory(shared, redises, stock, [...wanted], `dmodel${(played += 1)}`);
      await history.play(run);
      for (const [what, times] of Object.entries(history.seen)) seen[what] = (seen[what] ?? 0) + times;
    }),
    { numRuns: RUNS, seed: SEED },
  );
  // The histories do reach every decision.
  expect(Object.keys(seen).filter((what) => seen[what] === 0)).toEqual([]);
});
