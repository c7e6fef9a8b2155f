import { setTimeout as pause } from 'node:timers/promises';
import { fewestOf, waitFor } from '@holdfast/testing';
import { createLedger, type TestLedger } from '../support/database';
import { insertDrop } from '../support/drops';
import { countPlaces } from '../support/lab/count-places';
import { type Buyer, countWords, Crowd } from '../support/lab/crowd';
import { expectAllWell } from '../support/lab/promises';
import { StrictCrowd } from '../support/lab/strict-crowd';
import { TestRedis } from '../support/redis';
import { SOAK } from '../support/seeds';
import { type Lab, labTest, startLab } from '../support/service-lab';

const HOLD_TTL_S = 4;
const PAYMENT_WINDOW_S = 4;
const SHOPPERS = 8; // enough that something is always under way, few enough that all they were told can be checked
const AWAY_MS = 4_000;
const GATE_BACK_MS = 1_000;
const LOSERS = 600;
// Redis goes and comes back again for the losers.
const ROUNDS = SOAK ? 2 : 1;

let ledger: TestLedger;
let redis: TestRedis;
let lab: Lab;
let rushing: StrictCrowd | undefined;
let crowd: Crowd;
let placesSoFar: () => Promise<number>;
const about = (body: () => Promise<void>) => labTest(() => lab, body);

/** Of two equal instances it does not matter which: one of each service. */
const victims = () => lab.services.filter(({ name }) => SOAK || name.endsWith('-1'));

beforeAll(async () => {
  ledger = await createLedger('faults');
  placesSoFar = await countPlaces(ledger.url);
  redis = await TestRedis.start();
  lab = await startLab({
    databaseUrl: ledger.url,
    redisUrl: redis.url,
    front: true,
    env: { HOLDFAST_PAYMENT_WINDOW: String(PAYMENT_WINDOW_S) },
  });
});

afterEach(async () => {
  await rushing?.witness.stop();
  // What a failed test left dead.
  await Promise.all(lab.services.filter(({ isAlive }) => !isAlive).map((each) => each.start()));
});

afterAll(async () => {
  await lab?.stop();
  await redis?.stop();
});

async function rush(payEvery = 2): Promise<{ strict: StrictCrowd; dropId: string }> {
  const dropId = await insertDrop(ledger.url, {
    skus: { TEE: 1_000_000 },
    perCustomerLimit: 10_000,
    holdTtlSeconds: HOLD_TTL_S,
  });
  const strict = new StrictCrowd(lab.url, { dropId, sku: 'TEE', shoppers: SHOPPERS, payEvery });
  rushing = strict;
  await strict.witness.start();
  await underWay(strict);
  return { strict, dropId };
}

async function underWay({ witness }: StrictCrowd, holds = 40, orders = 15): Promise<void> {
  const [had, paid] = [witness.acknowledged('hold').length, witness.acknowledged('order').length];
  await waitFor(
    'the rush to be under way',
    () =>
      witness.acknowledged('hold').length >= had + holds &&
      witness.acknowledged('order').length >= paid + orders,
    { deadlineMs: 60_000 },
  );
}

async function expectWell({ faults, figures, witness }: StrictCrowd, dropId: string): Promise<void> {
  await witness.stop();
  console.info(figures);
  expect(faults).toEqual([]);
  const quietMs = (HOLD_TTL_S + PAYMENT_WINDOW_S) * 1_000;
  console.info(await expectAllWell(witness, { url: lab.url, databaseUrl: ledger.url, dropId, quietMs }));
}

describe('kill -9 in the middle of a rush', () => {
  it(
    'of one instance after another: the others go on, and every promise is kept',
    about(async () => {
      const { strict, dropId } = await rush();
      for (const service of victims()) {
        await service.kill9();
        // Without it for a while: the remaining instances serve.
        await underWay(strict, 20, 8);
        await strict.slowly(() => service.start());
        await underWay(strict, 20, 8);
      }
      await expectWell(strict, dropId);
    }),
    600_000, // the outer bound: restarts take minutes when every core is busy
  );

  it.each(['inventory', 'checkout', 'gateway'] as const)(
    'of every instance of %s at once: a restart keeps every promise',
    (name) =>
      about(async () => {
        const { strict, dropId } = await rush();
        await Promise.all(lab.of(name).map((each) => each.kill9()));
        const putOff = strict.putOff;
        await waitFor('shoppers to be put off', () => strict.putOff > putOff + 5);
        await strict.slowly(() => Promise.all(lab.of(name).map((each) => each.start())));
        await underWay(strict);
        await expectWell(strict, dropId);
      })(),
    180_000,
  );
});

/** Lets the crowd shop until so many more of it were served. */
async function more(strict: StrictCrowd, answers: number): Promise<void> {
  const before = strict.served;
  await waitFor(`${answers} more answers`, () => strict.served >= before + answers, { deadlineMs: 30_000 });
}

describe.each([
  ['killed', () => redis.kill(), () => redis.start()],
  ['silent', async () => redis.stall(), async () => redis.resume()],
])('while Redis is %s', (_, take, giveBack) => {
  beforeAll(async () => {
    crowd = new Crowd(lab.urls, 128);
    await crowd.gather(LOSERS);
  });
  afterAll(() => crowd?.close());

  it(
    'shoppers are served, or told when to come again, and nothing is lost or sold twice',
    about(async () => {
      const { strict, dropId } = await rush(3);
      for (let round = 0; round < ROUNDS; round += 1) {
        await take();
        const without = strict.served;
        await strict.slowly(async () => {
          await pause(AWAY_MS);
          await waitFor('the ledger to sell by itself', () => strict.served - without > 20);
        });
        await giveBack();
        await more(strict, 80);
      }
      await expectWell(strict, dropId);
    }),
    180_000,
  );

  it(
    `losers are told so without it, and the gate keeps them from the ledger ${GATE_BACK_MS} ms after it is back`,
    about(async () => {
      const units = 5;
      const placesOfLosers = async () => {
        const dropId = await insertDrop(ledger.url, { skus: { A: units } });
        const third = LOSERS / 3;
        const [before, meanwhile, after] = [0, 1, 2].map((n) =>
          crowd.buyers.slice(n * third, (n + 1) * third),
        ) as [Buyer[], Buyer[], Buyer[]];
        const won = await Promise.all(before.map((buyer) => buyer.hold(dropId)));
        expect(won.filter(({ status }) => status === 201)).toHaveLength(units);
        await take();
        const without = await Promise.all(meanwhile.map((buyer) => buyer.hold(dropId)));
        expect(countWords(without)).toEqual({ 'sold-out': third });
        await giveBack();
        await pause(GATE_BACK_MS);
        const asked = await placesSoFar();
        const losers = await Promise.all(after.map((buyer) => buyer.hold(dropId)));
        expect(countWords(losers)).toEqual({ 'sold-out': third });
        return (await placesSoFar()) - asked;
      };
      expect(await fewestOf(units, placesOfLosers)).toBeLessThanOrEqual(units);
    }),
  );
});

it('leaves nothing to keep', () => ledger.drop());
