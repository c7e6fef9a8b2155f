import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeInBrowser, ShopPage, TestBrowser } from '../support/browser';
import { once } from '../support/once';
import { type Product, startProduct } from '../support/product';
import { makeDrop, OtherShopper } from '../support/shop-client';
import { StaffClient } from '../support/staff-client';

const browser = new TestBrowser();
let product: Product;

async function shopper(dropId: string, expect: number[] = []): Promise<ShopPage> {
  const shop = new ShopPage(await browser.visit({ expect }), product.url);
  await shop.open(`/d/${dropId}`);
  return shop;
}

const OPENS_IN_S = 25; // long enough to see the page before, on a busy machine
const HELD_S = 10; // and the page while a unit is held
const isoIn = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();

describeInBrowser('what the page says in plain words', () => {
  beforeAll(async () => {
    await browser.start();
    product = await startProduct({ env: { HOLDFAST_DEMO: 'off' } });
  });

  afterAll(() => browser.stop());

  // The ones that wait for a time of the drop come first, so that the others fill it.
  it.concurrent('sold out, while somebody watches, and that held units may come back', async () => {
    const dropId = await makeDrop(product, ['CUP=1@9.00'], '--hold-ttl', String(HELD_S));
    const shop = await shopper(dropId);
    await shop.option('CUP').click();
    await new OtherShopper(product.url).hold(dropId, 'CUP');
    await shop.says('Sold out · 1 on hold');
    await shop.says('may become available again');
    expect(await shop.main.isDisabled()).toBe(true);
    const back = shop.page.getByText('Only 1 left').first();
    await back.waitFor({ timeout: 4 * HELD_S * 1000 }); // its time ran out
    expect(await shop.main.isDisabled()).toBe(false);
  });

  it.concurrent.each([
    ['bands', 'Plenty left', 'Last ones'],
    ['hidden', 'Available', 'Available'],
  ])('how much is left of a drop that shows %s, without a number', async (stockDisplay, first, later) => {
    const owner = await StaffClient.newOwner(product);
    const item = { sku: 'CUP', name: 'CUP', total: 19, price: { amountMinor: 900, currency: 'EUR' } };
    const fields = { name: 'Words', stockDisplay, perCustomerLimit: 50, items: [item] };
    const made = await owner.send('POST', '/v1/admin/drops', fields);
    const { id } = made.body as { id: string };
    await owner.send('POST', `/v1/admin/drops/${id}/open`);
    const shop = await shopper(id);
    const left = (words: string) => shop.left.filter({ hasText: words }).waitFor();
    await left(first);
    const other = new OtherShopper(product.url);
    await other.hold(id, 'CUP', 16);
    await left(later);
    await shop.option('CUP').getByText(later).waitFor();
    expect(await shop.page.locator('main').innerText()).not.toMatch(/\b(19|16|3)\b/);
    expect(await shop.page.locator('.meter').count()).toBe(0);
    await other.hold(id, 'CUP', 3);
    await left('Sold out');
    await shop.says('may become available again');
    expect(await shop.main.isDisabled()).toBe(true);
  });

  it.concurrent('the hold is over', async () => {
    const dropId = await makeDrop(product, ['CUP=9@9.00'], '--hold-ttl', String(HELD_S));
    const shop = await shopper(dropId);
    await shop.hold('CUP');
    const over = shop.page.getByText('Your hold has expired').first();
    await over.waitFor({ timeout: 4 * HELD_S * 1000 });
    await shop.option('CUP').waitFor();
  });

  once.concurrent('not open yet, with a countdown at whose end the shop opens without a reload', async () => {
    const dropId = await makeDrop(product, ['CUP=9@9.00'], '--opens-at', isoIn(OPENS_IN_S));
    const shop = await shopper(dropId);
    await shop.says('Opens in');
    await shop.page.getByRole('button', { name: 'Not open yet' }).waitFor();
    await shop.option('CUP').click();
    const hold = shop.page.getByRole('button', { name: 'Hold CUP' });
    await hold.waitFor({ timeout: 2 * OPENS_IN_S * 1000 });
    await shop.main.click();
    await shop.heading('On hold for you').waitFor();
  });

  once.concurrent('sold out, when somebody else was quicker by a moment', async () => {
    const dropId = await makeDrop(product, ['CUP=1@9.00']);
    const shop = await shopper(dropId, [409]);
    await shop.page.route('**/holds', async (route) => {
      await new OtherShopper(product.url).buy(dropId, 'CUP');
      await route.continue();
    });
    await shop.option('CUP').click();
    await shop.main.click();
    await shop.says('There are not enough units of');
  });

  once.concurrent('the limit for one customer is reached', async () => {
    const dropId = await makeDrop(product, ['CUP=9@9.00'], '--limit', '2');
    const shop = await shopper(dropId, [409]);
    await shop.hold('CUP', 2);
    await shop.pay('tok_ok');
    await shop.heading('Order confirmed').waitFor();
    await shop.page.getByRole('button', { name: 'Back to the drop' }).click();
    await shop.option('CUP').click();
    await shop.main.click();
    await shop.says('Limit reached');
    await shop.says('You can have at most 2 units of this drop');
  });

  it.concurrent('paused and over, as soon as the merchant says so', async () => {
    const dropId = await makeDrop(product, ['CUP=9@9.00']);
    const shop = await shopper(dropId);
    await shop.page.locator('.line-live').waitFor();
    await product.cli('drop', 'pause', dropId);
    await shop.page.getByRole('button', { name: 'Paused' }).waitFor();
    await product.cli('drop', 'resume', dropId);
    // Nothing to choose where there is one: it is chosen already.
    await shop.page.getByRole('button', { name: 'Hold CUP' }).waitFor();
    await product.cli('drop', 'close', dropId);
    await shop.page.getByRole('button', { name: 'Drop closed' }).waitFor();
  });

  once.concurrent('too many requests, with the time to wait', async () => {
    const dropId = await makeDrop(product, ['CUP=9@9.00']);
    const shop = await shopper(dropId, [429]);
    await shop.page.route('**/holds', (route) =>
      route.fulfill({
        status: 429,
        headers: { 'retry-after': '40', 'content-type': 'application/problem+json' },
        body: JSON.stringify({ code: 'quota-exceeded', title: 'Too many requests', detail: '' }),
      }),
    );
    await shop.option('CUP').click();
    await shop.main.click();
    await shop.says('Too many requests');
    await shop.says('Please wait 40 seconds');
  });

  once.concurrent('the shop is asked again when it is busy, and the hold is placed after all', async () => {
    const dropId = await makeDrop(product, ['CUP=9@9.00']);
    const shop = await shopper(dropId, [503]);
    let refused = 0;
    await shop.page.route('**/holds', (route) =>
      (refused += 1) > 2
        ? route.continue()
        : route.fulfill({
            status: 503,
            headers: { 'retry-after': '1' },
            body: '{"code":"temporarily-unavailable"}',
          }),
    );
    await shop.option('CUP').click();
    await shop.main.click();
    await shop.says('The shop is busy. Retrying…');
    await shop.heading('On hold for you').waitFor();
  });

  once.concurrent('the counts are stale', async () => {
    const dropId = await makeDrop(product, ['CUP=9@9.00']);
    const page = await browser.visit();
    await page.route('**/live', (route) =>
      route.fulfill({
        headers: { 'content-type': 'text/event-stream' },
        body: 'retry: 60000\n\nevent: stale\ndata: {"since":"2026-11-22T10:00:00Z"}\n\n',
      }),
    );
    await page.goto(`${product.url}/d/${dropId}`);
    await page.getByText('The counts may be a few seconds out of date').waitFor();
  });

  once.concurrent('there is no such drop', async () => {
    const page = await browser.visit({ expect: [404] });
    await page.goto(`${product.url}/d/dnothere`);
    await page.getByRole('heading', { name: 'Drop not found' }).waitFor();
  });

  it.concurrent('a drop of 5,000 SKUs can be searched and bought from', async () => {
    const lines = ['Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Qty'];
    for (let i = 0; i < 5_000; i += 1) lines.push(`p${i},Print no. ${i},,,P-${i},12.50,${(i % 7) + 1}`);
    const file = join(product.dataDir, 'prints.csv');
    writeFileSync(file, lines.join('\n'));
    const imported = await product.cli('import', file, '--name', 'Prints', '--opens-at', 'now');
    expect(imported.code).toBe(0);
    const { dropId } = imported.json as { dropId: string };
    const shop = await shopper(dropId);
    await shop.says('Showing 60 of 5,000');
    await shop.page.getByRole('searchbox').fill('4711');
    await shop.option('P-4711').waitFor();
    expect(await shop.page.locator('.option').count()).toBe(1);
    await shop.hold('P-4711');
    await shop.says('€12.50');
  });

  it('leaves no page with a complaint', () => expect(browser.complaints).toEqual([]));
});
