import { describeWithGo } from '../support/go';
import { checkReader } from '../support/k6-reader/check-reader';
import { buildK6, type K6Verdict, runK6 } from '../support/k6';
import { type Lies, LyingShop } from '../support/lying-shop';
import { MODE, newDataDir, type Product, startProduct } from '../support/product';

const SMALL = ['--shoppers', '120', '--seconds', '5', '--watchers', '4', '--seed', '11'];

// How fast a machine of CI is today is not what this is about.
const PATIENT = [
  '--hold-p95-ms',
  '5000',
  '--hold-p99-ms',
  '9000',
  '--dropped-percent-max',
  '20',
  '--late-p99-ms',
  '9000',
];

/** What a run did not find as it was promised, by the metric's name. */
function broken(verdict: K6Verdict | null): string[] {
  return [...new Set(verdict?.promises.filter(({ kept }) => !kept).map(({ metric }) => metric))].sort();
}

describeWithGo('npm run k6', () => {
  let program: string;
  beforeAll(async () => {
    program = await buildK6();
  }, 30 * 60_000);

  describe('at the running product', () => {
    let product: Product;
    // The operator's pass leads through the limits; the cluster that all tests share has none.
    beforeAll(async () => {
      product = await startProduct(MODE === 'cluster' ? {} : { env: { HOLDFAST_LIMITS: 'on' } });
    }, 300_000);

    it('sends a spike through its limits, and finds every promise kept', async () => {
      // Who wins is a race: of 120 buyers each way of a shopper is among them, at any seed.
      const { code, verdict, stderr } = await runK6(
        ['--shoppers', '420', '--units', '120', '--seconds', '15', '--watchers', '12', ...PATIENT],
        { HOLDFAST_DATA_DIR: product.dataDir },
      );
      if (code !== 0) throw new Error(`npm run k6 ended with ${code}:\n${stderr}`);
      const { counts, refused, ledger } = verdict!;
      // All that the scenario is about did happen, else the promises were easy to keep.
      expect(counts['shoppers']).toBeGreaterThan(330);
      expect(counts['units_paid']).toBeGreaterThan(50);
      expect(counts['holds_released']).toBeGreaterThan(0);
      expect(counts['declined']).toBeGreaterThan(0);
      expect(counts['watched']).toBe(12);
      expect(refused['sold-out']).toBeGreaterThan(30);
      expect(refused['quota-exceeded']).toBeUndefined();
      expect(ledger).toContainEqual(
        expect.objectContaining({ says: 'each paid order is one charge', kept: true }),
      );
      expect(ledger).toContainEqual(expect.objectContaining({ says: 'holdfast verify', kept: true }));
    }, 240_000);
  });

  // What follows is about the run itself, not about the product: once is enough.
  if (MODE === 'cluster') return;

  it.concurrent('reads server-sent events one by one', async () => {
    const { code, stdout, stderr } = await checkReader(program);
    if (code !== 0) throw new Error(`k6 ended with ${code}:\n${stdout}${stderr}`);
  });

  async function runAt(lies: Lies, units: number) {
    const shop = await LyingShop.open(units, lies);
    try {
      const answer = await runK6(['--url', shop.url, '--drop', shop.dropId, ...SMALL, ...PATIENT]);
      return { ...answer, shop };
    } finally {
      await shop.close();
    }
  }

  it.concurrent('finds nothing to complain about in a shop that keeps its promises', async () => {
    const { code, verdict } = await runAt({}, 30);
    expect({ code, broken: broken(verdict), ledger: verdict?.ledger }).toEqual({
      code: 0,
      broken: [],
      ledger: null,
    });
  });

  it.concurrent('names each promise that a shop breaks', async () => {
    const { code, verdict } = await runAt(
      {
        sellsTooMuch: true,
        failsEvery: 10,
        showsOldVersions: true,
        countsDoNotAddUp: true,
        forgetsKeys: true,
      },
      20,
    );
    expect(code).toBe(1);
    expect(broken(verdict)).toEqual([
      'checks',
      'http_req_failed',
      'shop_counts_wrong',
      'shop_replays_differ',
      'shop_server_faults',
      'shop_units_out',
      'shop_units_paid',
      'shop_versions_back',
    ]);
  });

  it.concurrent('takes 503 without a time to come back for the fault it is', async () => {
    const { code, verdict } = await runAt({ busyEvery: 10, busyForGood: true }, 30);
    expect({ code, broken: broken(verdict) }).toEqual({ code: 1, broken: ['shop_server_faults'] });
  });

  it.concurrent(
    'asks again with the same key when an answer is lost or it is told to come back',
    async () => {
      const { code, verdict, shop } = await runAt({ losesEvery: 40, busyEvery: 5 }, 1_000);
      expect({ code, broken: broken(verdict) }).toEqual({ code: 0, broken: [] });
      expect(verdict?.counts['retries']).toBeGreaterThan(20);
      // With another key each lost answer would have been a second hold.
      expect(shop.holds.size).toBe(verdict?.counts['holds_given']);
    },
  );

  it.concurrent('says how it is used, keeps off other machines, and needs a product', async () => {
    const nothing = { HOLDFAST_DATA_DIR: newDataDir() };
    const codeOf = async (...args: string[]) => (await runK6(args, nothing)).code;
    expect(await codeOf('--help')).toBe(0);
    expect(await codeOf('--shoppers', '0')).toBe(2);
    expect(await codeOf('--scenario', 'tsunami')).toBe(2);
    expect(await codeOf('--what')).toBe(2);
    expect(await codeOf('--url', 'http://192.0.2.1:3000', '--drop', 'd')).toBe(2);
    const { code, stderr } = await runK6([], nothing);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('no product is running on'),
    });
  });
});
