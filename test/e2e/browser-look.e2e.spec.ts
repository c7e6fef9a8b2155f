import type { BrowserContextOptions } from 'playwright-core';
import { axeFindings, describeInBrowser, DESKTOP, PHONE, ShopPage, TestBrowser } from '../support/browser';
import { type Product, startProduct } from '../support/product';
import { SOAK } from '../support/seeds';
import { makeDrop, OtherShopper } from '../support/shop-client';

const browser = new TestBrowser();
let product: Product;

const DEMO_NAME = 'Northlight Runner 01';

/** Each width and each set of colours once; no style of the pages depends on both. `npm run test:soak` has all pairs. */
const LOOKS: [string, BrowserContextOptions][] = [
  ['on a desktop in the light', { ...DESKTOP, colorScheme: 'light' }],
  ['on a phone in the dark', { ...PHONE, colorScheme: 'dark' }],
];
if (SOAK)
  LOOKS.push(
    ['on a desktop in the dark', { ...DESKTOP, colorScheme: 'dark' }],
    ['on a phone in the light', { ...PHONE, colorScheme: 'light' }],
  );

/** Looks at one state after the other; each finding is told with the state it was found in. */
class Inspector {
  readonly findings: string[] = [];

  constructor(private readonly shop: ShopPage) {}

  async look(state: string): Promise<void> {
    const { page } = this.shop;
    for (const finding of await axeFindings(page)) this.findings.push(`${state}: ${finding}`);
    const wide = await page.evaluate<boolean>(
      'document.documentElement.scrollWidth > document.documentElement.clientWidth',
    );
    if (wide) this.findings.push(`${state}: the page is wider than the screen`);
  }
}

/** The drop with pictures and texts. A ledger that had a drop before has none, or has it already. */
async function demoDrop(): Promise<string> {
  const { demoDropId } = (await product.cli('seed')).json as { demoDropId: string | null };
  const { items } = (await product.cli('drop', 'list')).json as { items: { id: string; name: string }[] };
  return demoDropId ?? items.find(({ name }) => name === DEMO_NAME)!.id;
}

describeInBrowser('every state of the pages is without axe findings and fits', () => {
  let demo: string;
  let scheduled: string;
  let paused: string;
  let closed: string;
  let soldOut: string;
  let rows: string;

  beforeAll(async () => {
    await browser.start();
    product = await startProduct({ env: { HOLDFAST_DEMO: 'off' } });
    demo = await demoDrop();
    scheduled = await makeDrop(product, ['CUP=9@9.00'], '--opens-at', '2099-01-01T00:00:00Z');
    paused = await makeDrop(product, ['CUP=9@9.00']);
    await product.cli('drop', 'pause', paused);
    closed = await makeDrop(product, ['CUP=9@9.00']);
    await product.cli('drop', 'close', closed);
    soldOut = await makeDrop(product, ['CUP=1@9.00', 'MUG=0@12.00'], '--closes-at', '2099-01-01T00:00:00Z');
    await new OtherShopper(product.url).hold(soldOut, 'CUP');
    rows = await makeDrop(
      product,
      Array.from({ length: 30 }, (_, i) => `A-LONG-NAME-WITHOUT-A-BREAK-${i}=${i}@${i + 1}.00`),
      '--closes-at',
      '2099-01-01T00:00:00Z',
    );
  });

  afterAll(() => browser.stop());

  afterEach(() => expect(browser.complaints.splice(0)).toEqual([]));

  it.each(LOOKS)('from the shelf to the receipt, %s', async (_name, look) => {
    const shop = new ShopPage(await browser.visit({ ...look, expect: [402] }), product.url);
    const inspector = new Inspector(shop);
    await shop.open('/');
    await shop.page.locator('.card').first().waitFor();
    await inspector.look('list of drops');
    await shop.open(`/d/${demo}`);
    await shop.page.locator('.line-live').waitFor();
    await inspector.look('shelf');
    await shop.hold('NLR01-42', 2);
    await inspector.look('hold');
    await shop.main.click();
    await shop.says('Enter your email');
    await inspector.look('form refused');
    await shop.page.getByRole('button', { name: 'Back to the drop' }).click();
    await shop.page.getByRole('button', { name: 'Pay for' }).waitFor();
    await inspector.look('hold offered');
    await shop.page.getByRole('button', { name: 'Pay for' }).click();
    await shop.heading('On hold for you').waitFor();
    await shop.pay('tok_declined');
    await shop.says('Card declined');
    await inspector.look('declined');
    await shop.pay('tok_slow');
    await shop.page.getByRole('button', { name: 'Paying…' }).waitFor();
    await inspector.look('paying');
    await shop.heading('Order confirmed').waitFor();
    await inspector.look('receipt');
    expect(inspector.findings).toEqual([]);
  });

  it.each(LOOKS)('where nothing can be bought, %s', async (_name, look) => {
    const shop = new ShopPage(await browser.visit({ ...look, expect: [404] }), product.url);
    const inspector = new Inspector(shop);
    const states = { scheduled, paused, closed, soldOut, rows };
    for (const [state, dropId] of Object.entries(states)) {
      await shop.open(`/d/${dropId}`);
      await shop.page.locator('.line-live').waitFor();
      await inspector.look(state);
    }
    await shop.open('/d/dnothere');
    await shop.heading('Drop not found').waitFor();
    await inspector.look('no such drop');
    expect(inspector.findings).toEqual([]);
  });
});
