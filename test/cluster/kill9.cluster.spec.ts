import { waitFor } from '@holdfast/testing';
import { createLedger, type TestLedger } from '../support/database';
import { insertDrop } from '../support/drops';
import { expectAllWell } from '../support/lab/promises';
import { StrictCrowd } from '../support/lab/strict-crowd';
import { TestRedis } from '../support/redis';
import { type Lab, labTest, startLab } from '../support/service-lab';

const HOLD_TTL_S = 4;
const PAYMENT_WINDOW_S = 4;
const SHOPPERS = 8; // enough that something is always under way, few enough that all they were told can be checked

let ledger: TestLedger;
let redis: TestRedis;
let lab: Lab;
let rushing: StrictCrowd | undefined;
const about = (body: () => Promise<void>) => labTest(() => lab, body);

beforeAll(async () => {
  ledger = await createLedger('kill9');
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

async function rush(): Promise<{ strict: StrictCrowd; dropId: string }> {
  const dropId = await insertDrop(ledger.url, {
    skus: { TEE: 1_000_000 },
    perCustomerLimit: 10_000,
    holdTtlSeconds: HOLD_TTL_S,
  });
  const strict = new StrictCrowd(lab.url, { dropId, sku: 'TEE', shoppers: SHOPPERS, payEvery: 2 });
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
      for (const service of lab.services) {
        await service.kill9();
        // Without it for a while: whoever is left serves.
        await underWay(strict, 20, 8);
        await service.start();
        await underWay(strict, 20, 8);
      }
      await expectWell(strict, dropId);
    }),
    240_000,
  );

  it.each(['inventory', 'checkout', 'gateway'] as const)(
    'of every instance of %s at once: a restart keeps every promise',
    (name) =>
      about(async () => {
        const { strict, dropId } = await rush();
        await Promise.all(lab.of(name).map((each) => each.kill9()));
        const putOff = strict.putOff;
        await waitFor('shoppers to be put off', () => strict.putOff > putOff + 5);
        await Promise.all(lab.of(name).map((each) => each.start()));
        await underWay(strict);
        await expectWell(strict, dropId);
      })(),
    180_000,
  );
});

it('leaves nothing to keep', () => ledger.drop());
