import { runAttack } from '../support/attack/run-attack';
import { type Product, startProduct } from '../support/product';
import { makeDrop } from '../support/shop-client';

// The small one; `npm run test:attack` is the same for two minutes.
const env = { HOLDFAST_DEMO: 'off', HOLDFAST_LIMITS: 'on', NODE_OPTIONS: '--max-old-space-size=256' };

describe('a product with 256 MB of heap', () => {
  let product: Product;
  beforeAll(async () => {
    product = await startProduct({ mode: 'standalone', env });
  }, 120_000);

  it('goes on selling under a mixed attack', async () => {
    const dropId = await makeDrop(product, ['TEE=10000@9.00'], '--limit', '1000', '--hold-ttl', '60');
    const report = await runAttack({
      url: product.url,
      pid: product.pid,
      dropId,
      sku: 'TEE',
      quietSeconds: 1,
      seconds: 12,
      addresses: 6,
      shoppers: 10,
      rate: 4,
      verify: async () => {
        const { code, stdout } = await product.cli('verify');
        return { ok: code === 0, detail: stdout };
      },
    });
    expect(report.promises.filter(({ kept }) => !kept)).toEqual([]);
    // All that it is about did happen.
    for (const [kind, { sent }] of Object.entries(report.attacks))
      expect(`${kind}: ${sent > 5 ? 'many' : sent}`).toBe(`${kind}: many`);
    expect(report.attacks['live streams'].of(200)).toBeGreaterThan(5);
    const { quiet, attacked } = report.honest;
    const p95 = (it: typeof quiet) => JSON.stringify({ all: it.p95Ms, ...it.p95MsOf });
    console.log(`p95 of a request in ms: ${p95(quiet)} before, ${p95(attacked)} under attack`);
  }, 200_000);
});
