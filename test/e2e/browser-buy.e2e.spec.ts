import { waitFor } from '@holdfast/testing';
import { describeInBrowser, ShopPage, TestBrowser } from '../support/browser';
import { type Product, startProduct } from '../support/product';
import { makeDrop, type PublicDrop, readDrop } from '../support/shop-client';

const browser = new TestBrowser();
let product: Product;

async function shopper(dropId: string, expect: number[] = []): Promise<ShopPage> {
  const shop = new ShopPage(await browser.visit({ expect }), product.url);
  await shop.open(`/d/${dropId}`);
  await shop.page.locator('.line-live').waitFor();
  return shop;
}

const teeDrop = (...more: string[]) => makeDrop(product, ['TEE-S=20@39.00', 'TEE-M=20@39.00'], ...more);

/** What is held by the ledger's own word: the counts of the shop come a little later. */
async function heldOf(dropId: string, sku: string): Promise<number> {
  const { items } = (await product.cli('drop', 'show', dropId)).json as PublicDrop;
  return items.find((item) => item.sku === sku)!.stock.held;
}

async function stockOf(dropId: string, sku: string) {
  return (await readDrop(product.url, dropId)).items.find((item) => item.sku === sku)!.stock;
}

describeInBrowser('a purchase in the browser', () => {
  beforeAll(async () => {
    await browser.start();
    product = await startProduct({ env: { HOLDFAST_DEMO: 'off' } });
  });

  afterAll(() => browser.stop());

  afterEach(() => expect(browser.complaints.splice(0)).toEqual([]));

  it('goes from the list of drops to the receipt, and a reload shows the receipt again', async () => {
    const dropId = await teeDrop();
    const shop = new ShopPage(await browser.visit(), product.url);
    await shop.open('/');
    await shop.page.locator(`a[href="/d/${dropId}"]`).click();
    await shop.hold('TEE-M', 2);
    await shop.says('Yours for');
    await shop.pay('tok_ok');
    await shop.heading('It is yours').waitFor();
    await shop.says('2 × TEE-M');
    await shop.says('€78.00');
    await shop.page.reload();
    await shop.heading('It is yours').waitFor();
    await waitFor('sold', async () => (await stockOf(dropId, 'TEE-M')).sold === 2);
  });

  it('finds the hold again after a reload, and gives it back', async () => {
    const dropId = await teeDrop();
    const shop = await shopper(dropId);
    await shop.hold('TEE-S');
    await shop.page.reload();
    await shop.heading('On hold for you').waitFor();
    await shop.page.getByRole('button', { name: 'Give it back' }).click();
    await shop.says('Your units are on sale again');
    await waitFor('given back', async () => (await stockOf(dropId, 'TEE-S')).available === 20);
    await shop.page.reload();
    await shop.option('TEE-S').waitFor();
  });

  it('says that a card was declined, and takes another one for the same hold', async () => {
    const dropId = await teeDrop();
    const shop = await shopper(dropId, [402]);
    await shop.hold('TEE-S');
    await shop.pay('tok_declined');
    await shop.says('The card was declined');
    await shop.pay('tok_ok');
    await shop.heading('It is yours').waitFor();
    await waitFor('one sold', async () => (await stockOf(dropId, 'TEE-S')).sold === 1);
  });

  it('goes to the bank that asks, and comes back paid', async () => {
    const dropId = await teeDrop();
    const shop = await shopper(dropId);
    await shop.hold('TEE-M');
    await shop.pay('tok_3ds');
    await shop.page.getByRole('button', { name: 'Approve' }).click();
    await shop.heading('It is yours').waitFor();
    expect(new URL(shop.page.url()).searchParams.get('order')).toMatch(new RegExp(`^${dropId}-o`));
  });

  it('keeps the hold when the shopper says no at the bank', async () => {
    const dropId = await teeDrop();
    const shop = await shopper(dropId, [402]);
    await shop.hold('TEE-M');
    await shop.pay('tok_3ds');
    await shop.page.getByRole('button', { name: 'Decline' }).click();
    await shop.says('The payment did not go through');
    await shop.pay('tok_ok');
    await shop.heading('It is yours').waitFor();
  });

  it('shows a payment whose answer is lost as on its way, over a reload, until it is known', async () => {
    const dropId = await teeDrop();
    const shop = await shopper(dropId);
    await shop.hold('TEE-M');
    await shop.pay('tok_timeout_ok');
    await shop.heading('The payment is on its way').waitFor();
    await shop.page.reload();
    await shop.page.getByRole('heading', { name: 'It is yours' }).waitFor({ timeout: 30_000 });
  });

  it('asks again with the same key when the answer to a hold is lost: one hold, not two', async () => {
    const dropId = await teeDrop();
    const shop = await shopper(dropId);
    const keys: (string | undefined)[] = [];
    await shop.page.route('**/holds', async (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      if (keys.length > 1) return route.continue();
      await route.fetch(); // the shop did it, and nobody heard
      await route.abort('connectionreset');
    });
    await shop.hold('TEE-S');
    expect(keys).toHaveLength(2);
    expect(keys[0]).toBe(keys[1]);
    expect(await heldOf(dropId, 'TEE-S')).toBe(1);
  });

  it('finds a hold whose answer a reload cut off', async () => {
    const dropId = await teeDrop();
    const shop = await shopper(dropId);
    await shop.page.route('**/holds', async (route) => {
      await route.fetch();
      await shop.page.unroute('**/holds');
      await shop.page.reload();
    });
    await shop.option('TEE-S').click();
    await shop.main.click();
    await shop.heading('On hold for you').waitFor();
    expect(await heldOf(dropId, 'TEE-S')).toBe(1);
  });

  it('works with the keyboard alone', async () => {
    const dropId = await teeDrop();
    const shop = await shopper(dropId);
    const { keyboard } = shop.page;
    const tabTo = async (what: string, selector: string) =>
      waitFor(`focus on ${what}`, async () => {
        await keyboard.press('Tab');
        return shop.focusIs(selector);
      });
    await tabTo('a size', 'input[name=sku]');
    await keyboard.press('Space');
    await keyboard.press('ArrowDown');
    await tabTo('one more', '[aria-label="One more"]');
    await keyboard.press('Enter');
    await tabTo('the hold button', 'button.main');
    await keyboard.press('Enter');
    await shop.heading('On hold for you').waitFor();
    // The focus follows what is shown.
    const focused = () => shop.page.locator(':focus').textContent();
    await waitFor('focus on what came', async () => (await focused()) === 'On hold for you');
    await tabTo('the email', '#email');
    await keyboard.type('keys@example.com');
    await tabTo('the card', '#card');
    await tabTo('the pay button', 'button.main');
    await keyboard.press('Enter');
    await shop.heading('It is yours').waitFor();
    await shop.says('2 × TEE-M');
  });
});
