import { setTimeout as pause } from 'node:timers/promises';
import { leastOf, waitFor } from '@holdfast/testing';
import { createLedger, type TestLedger } from '../support/database';
import { insertDrop } from '../support/drops';
import { countPlaces } from '../support/lab/count-places';
import { type Buyer, countWords, Crowd } from '../support/lab/crowd';
import { expectAllWell } from '../support/lab/promises';
import { StrictCrowd } from '../support/lab/strict-crowd';
import { TestRedis } from '../support/redis';
import { type Lab, labTest, startLab } from '../support/service-lab';

const HOLD_TTL_S = 4;
const PAYMENT_WINDOW_S = 4;
const AWAY_MS = 4_000;
const GATE_BACK_MS = 1_000;
const LOSERS = 600;

let ledger: TestLedger;
let redis: TestRedis;
let lab: Lab;
let crowd: Crowd;
let rushing: StrictCrowd | undefined;
let placesSoFar: () => Promise<number>;
const about = (body: () => Promise<void>) => labTest(() => lab, body);

beforeAll(async () => {
  ledger = await createLedger('redis_outage');
  placesSoFar = await countPlaces(ledger.url);
  redis = await TestRedis.start();
  lab = await startLab({
    databaseUrl: ledger.url,
    redisUrl: redis.url,
    front: true,
    env: { HOLDFAST_PAYMENT_WINDOW: String(PAYMENT_WINDOW_S) },
  });
  crowd = new Crowd(lab.urls, 128);
  await crowd.gather(LOSERS);
});

afterEach(async () => {
  await rushing?.witness.stop();
});

afterAll(async () => {
  await crowd?.close();
  await lab?.stop();
  await redis?.stop();
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
  it(
    'shoppers are served, or told when to come again, and nothing is lost or sold twice',
    about(async () => {
      const dropId = await insertDrop(ledger.url, {
        skus: { TEE: 1_000_000 },
        perCustomerLimit: 10_000,
        holdTtlSeconds: HOLD_TTL_S,
      });
      const strict = new StrictCrowd(lab.url, { dropId, sku: 'TEE', shoppers: 8, payEvery: 3 });
      rushing = strict;
      await strict.witness.start();
      await more(strict, 80);
      for (let round = 0; round < 2; round += 1) {
        await take();
        const without = strict.served;
        await pause(AWAY_MS);
        // The ledger sells by itself.
        expect(strict.served - without).toBeGreaterThan(20);
        await giveBack();
        await more(strict, 80);
      }
      await strict.witness.stop();
      console.info(strict.figures);
      expect(strict.faults).toEqual([]);
      const quietMs = (HOLD_TTL_S + PAYMENT_WINDOW_S) * 1_000;
      console.info(
        await expectAllWell(strict.witness, { url: lab.url, databaseUrl: ledger.url, dropId, quietMs }),
      );
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
      expect(await leastOf(units, placesOfLosers)).toBeLessThanOrEqual(units);
    }),
  );
});
