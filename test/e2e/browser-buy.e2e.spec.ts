import { waitFor } from '@holdfast/testing';
import { describeInBrowser, ShopPage, TestBrowser } from '../support/browser';
import { once } from '../support/once';
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

  it.concurrent(
    'goes from the list of drops to the receipt, and a reload shows the receipt again',
    async () => {
      const dropId = await teeDrop();
      const shop = new ShopPage(await browser.visit({ reducedMotion: 'no-preference' }), product.url);
      await shop.open('/');
      await shop.page.locator(`a[href="/d/${dropId}"]`).click();
      await shop.hold('TEE-M', 2);
      await shop.says('Expires in');
      await shop.pay('tok_ok');
      await shop.heading('Order confirmed').waitFor();
      await shop.says('2 × TEE-M');
      await shop.says('€78.00');
      await shop.page.reload();
      await shop.heading('Order confirmed').waitFor();
      await waitFor('sold', async () => (await stockOf(dropId, 'TEE-M')).sold === 2);
    },
  );

  it.concurrent('finds the hold again after a reload, and releases it', async () => {
    const dropId = await teeDrop();
    const shop = await shopper(dropId);
    await shop.hold('TEE-S');
    await shop.page.reload();
    await shop.heading('On hold for you').waitFor();
    await shop.page.getByRole('button', { name: 'Release' }).click();
    await shop.says('The units are on sale again');
    await waitFor('released', async () => (await stockOf(dropId, 'TEE-S')).available === 20);
    await shop.page.reload();
    await shop.option('TEE-S').waitFor();
  });

  it.concurrent('says that a card was declined, and takes another one for the same hold', async () => {
    const dropId = await teeDrop();
    const shop = await shopper(dropId, [402]);
    await shop.hold('TEE-S');
    await shop.pay('tok_declined');
    await shop.says('Card declined');
    await shop.pay('tok_ok');
    await shop.heading('Order confirmed').waitFor();
    await waitFor('one sold', async () => (await stockOf(dropId, 'TEE-S')).sold === 1);
  });

  it.concurrent('goes to the bank that asks, and comes back paid', async () => {
    const dropId = await teeDrop();
    const shop = await shopper(dropId);
    await shop.hold('TEE-M');
    await shop.pay('tok_3ds');
    await shop.page.getByRole('button', { name: 'Approve' }).click();
    await shop.heading('Order confirmed').waitFor();
    expect(new URL(shop.page.url()).searchParams.get('order')).toMatch(new RegExp(`^${dropId}-o`));
  });

  it.concurrent('keeps the hold when the shopper says no at the bank', async () => {
    const dropId = await teeDrop();
    const shop = await shopper(dropId, [402]);
    await shop.hold('TEE-M');
    await shop.pay('tok_3ds');
    await shop.page.getByRole('button', { name: 'Decline' }).click();
    await shop.says('Payment failed');
    await shop.pay('tok_ok');
    await shop.heading('Order confirmed').waitFor();
  });

  it.concurrent(
    'shows a payment whose answer is lost as on its way, over a reload, until it is known',
    async () => {
      const dropId = await teeDrop();
      const shop = await shopper(dropId);
      await shop.hold('TEE-M');
      await shop.pay('tok_timeout_ok');
      await shop.heading('Payment processing').waitFor();
      await shop.page.reload();
      await shop.page.getByRole('heading', { name: 'Order confirmed' }).waitFor({ timeout: 30_000 });
    },
  );

  it.concurrent(
    'asks again with the same key when the answer to a hold is lost: one hold, not two',
    async () => {
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
      // A busy machine may need a third try.
      expect(keys.length).toBeGreaterThan(1);
      expect(new Set(keys).size).toBe(1);
      expect(await heldOf(dropId, 'TEE-S')).toBe(1);
    },
  );

  it.concurrent('finds a hold whose answer a reload cut off', async () => {
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

  it.concurrent(
    'keeps the holds of two tabs apart: what one tab releases or is refused, the other one still has',
    async () => {
      const dropId = await teeDrop();
      const one = await shopper(dropId, [409]);
      const two = new ShopPage(await browser.beside(one.page, [409]), product.url);
      await two.open(`/d/${dropId}`);
      await two.option('TEE-M').waitFor();
      await one.hold('TEE-S');
      // The hold of the first tab is offered in the second; the shelf stays where it is.
      await two.page.getByRole('button', { name: 'Pay for 1 × TEE-S' }).waitFor();
      await two.page.route('**/holds', (route) =>
        route.fulfill({
          status: 409,
          contentType: 'application/problem+json',
          body: '{"code":"sold-out","title":"","detail":""}',
        }),
      );
      await two.option('TEE-M').click();
      await two.main.click();
      await two.says('There are not enough units of');
      await one.page.bringToFront();
      await one.page.reload();
      await one.says('1 × TEE-S');
      await two.page.unroute('**/holds');
      // A tab in the background need not paint, and what is clicked has to stand still for two frames.
      await two.page.bringToFront();
      await two.hold('TEE-M', 2);
      await two.page.getByRole('button', { name: 'Release' }).click();
      await two.says('The units are on sale again');
      // The tab is closed without a word. The hold is found in a new one, though its records are gone, too.
      await one.page.close({ runBeforeUnload: false });
      await two.page.evaluate(
        'for (const name of Object.keys(localStorage)) if (name.startsWith("holdfast.drop.")) localStorage.removeItem(name)',
      );
      const three = new ShopPage(await browser.beside(two.page), product.url);
      await three.open(`/d/${dropId}`);
      await three.heading('On hold for you').waitFor();
      await three.says('1 × TEE-S');
      await three.pay('tok_ok');
      await three.heading('Order confirmed').waitFor();
      expect(await heldOf(dropId, 'TEE-S')).toBe(0);
      expect(await heldOf(dropId, 'TEE-M')).toBe(0);
      // And the second tab offers it no longer.
      await two.page.getByRole('button', { name: 'Pay for 1 × TEE-S' }).waitFor({ state: 'detached' });
    },
  );

  once.concurrent('lets the shopper leave a hold to choose more, and pay for both', async () => {
    const dropId = await teeDrop();
    const shop = await shopper(dropId);
    await shop.hold('TEE-S');
    await shop.page.getByRole('button', { name: 'Back to the drop' }).click();
    await shop.page.getByRole('button', { name: 'Pay for 1 × TEE-S' }).waitFor();
    await shop.hold('TEE-M');
    await shop.pay('tok_ok');
    await shop.heading('Order confirmed').waitFor();
    await shop.page.getByRole('button', { name: 'Pay for 1 × TEE-S' }).click();
    await shop.heading('On hold for you').waitFor();
    await shop.pay('tok_ok');
    await shop.heading('Order confirmed').waitFor();
    expect(await heldOf(dropId, 'TEE-S')).toBe(0);
  });

  once.concurrent(
    'says in words beside the field what is wrong with it, and the browser refuses no email that the shop takes',
    async () => {
      const dropId = await teeDrop();
      const shop = await shopper(dropId, [400]);
      const email = shop.page.getByLabel('Email');
      // The page renders a moment after the click.
      const faultSays = (words: string) =>
        waitFor(`"${words}" beside the field, which has the focus`, async () => {
          const beside = shop.page.locator(`#${await email.getAttribute('aria-describedby')}`, {
            hasText: words,
          });
          const marked = (await email.getAttribute('aria-invalid')) === 'true';
          return marked && (await shop.focusIs('#email')) && (await beside.count()) === 1;
        });
      await shop.hold('TEE-S');
      await shop.main.click();
      await faultSays('Enter your email address.');
      await email.fill('nobody');
      await shop.main.click();
      await faultSays('Enter a valid email address');
      await email.fill(`${'a'.repeat(250)}@example.com`);
      await shop.main.click();
      await faultSays('at most 254 characters');
      await shop.page.route('**/v1/orders', (route) =>
        route.fulfill({
          status: 400,
          contentType: 'application/problem+json',
          body: JSON.stringify({
            code: 'invalid-request',
            title: 'The request is not valid',
            detail: '/email must be an email address',
            errors: [{ pointer: '/email', message: 'must be an email address' }],
          }),
        }),
      );
      await email.fill('first.o\u0027last+tag@example');
      await waitFor('no fault', async () => (await email.getAttribute('aria-invalid')) === null);
      await shop.main.click();
      await shop.says('This email was not accepted: it must be an email address.');
      await faultSays('must be an email address');
      await shop.page.unroute('**/v1/orders');
      await email.fill('first.o\u0027last+tag@example.com');
      await shop.main.click();
      await shop.heading('Order confirmed').waitFor();
    },
  );

  once.concurrent('keeps a hold whatever the shopper’s clock says, 10 minutes fast', () => keepsHold(10));
  once.concurrent('keeps a hold whatever the shopper’s clock says, 10 minutes slow', () => keepsHold(-10));

  async function keepsHold(minutes: number): Promise<void> {
    const dropId = await teeDrop();
    const shop = await shopper(dropId);
    await shop.page.addInitScript(
      `{ const now = Date.now; Date.now = () => now() + ${minutes} * 60_000;
         window.Date = class extends Date { constructor(...a) { a.length ? super(...a) : super(Date.now()); } }; }`,
    );
    await shop.page.reload();
    await shop.hold('TEE-S');
    // After a reload the hold is known before the drop is.
    const holdKnown = shop.page.waitForResponse((answer) => answer.url().includes('/v1/holds'));
    await shop.page.route(`**/v1/drops/${dropId}`, async (route) => {
      await holdKnown;
      await route.continue();
    });
    const said: string[] = [];
    await shop.page.exposeFunction('said', (text: string) => said.push(text));
    await shop.page.addInitScript(
      'new MutationObserver(() => window.said(document.body?.innerText ?? "")).observe(document, { subtree: true, childList: true })',
    );
    await shop.page.reload();
    await shop.heading('On hold for you').waitFor();
    await shop.says(/[45]:\d\d/);
    expect(said.filter((text) => text.includes('Your hold has expired'))).toEqual([]);
  }

  once.concurrent(
    'waits for nothing for ever: a shop that takes calls and answers none is asked again, with the same key',
    async () => {
      const dropId = await teeDrop();
      /** Takes the first call that matches and never answers it; returns the keys of all. */
      const stall = async (shop: ShopPage, url: string | RegExp, method = 'POST') => {
        const keys: (string | undefined)[] = [];
        await shop.page.route(url, async (route) => {
          if (route.request().method() !== method) return route.continue();
          keys.push(route.request().headers()['idempotency-key']);
          if (keys.length > 1) await route.continue();
        });
        return keys;
      };
      const waits = async (shop: ShopPage) => {
        await shop.says('The shop has not responded yet. Still waiting…');
        await shop.saysBriefly('No response yet. Retrying…');
      };
      const [session, holding, paying, releasing] = (await Promise.all(
        Array.from({ length: 4 }, () => shopper(dropId)),
      )) as [ShopPage, ShopPage, ShopPage, ShopPage];
      await Promise.all([paying.hold('TEE-S'), releasing.hold('TEE-S')]);
      const keys = await Promise.all([
        stall(session, '**/v1/sessions'),
        stall(holding, '**/holds'),
        stall(paying, '**/v1/orders'),
        stall(releasing, /\/v1\/holds\/d/, 'DELETE'),
      ]);
      const loading = new ShopPage(await browser.visit(), product.url);
      await stall(loading, `**/v1/drops/${dropId}`, 'GET');
      const patient = { timeout: 30_000 };
      await Promise.all([
        ...[session, holding].map(async (shop) => {
          await shop.option('TEE-M').click();
          await shop.main.click();
          await waits(shop);
          await shop.heading('On hold for you').waitFor(patient);
        }),
        paying.pay('tok_ok').then(async () => {
          await waits(paying);
          await paying.heading('Order confirmed').waitFor(patient);
        }),
        (async () => {
          await releasing.page.getByRole('button', { name: 'Release' }).click();
          await waits(releasing);
          await releasing.page.getByText('The units are on sale again').waitFor(patient);
        })(),
        (async () => {
          await loading.open(`/d/${dropId}`);
          await loading.says('The shop has not responded yet. Still waiting…');
          await loading.heading('The shop is not responding').waitFor(patient);
          await loading.option('TEE-M').waitFor(patient);
        })(),
      ]);
      for (const [first, second] of keys) expect(first).toBe(second);
      expect([await heldOf(dropId, 'TEE-M'), await heldOf(dropId, 'TEE-S')]).toEqual([2, 0]);
    },
  );

  once.concurrent('works with the keyboard alone', async () => {
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
    await tabTo('one more', '[aria-label="Increase quantity"]');
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
    await shop.heading('Order confirmed').waitFor();
    await shop.says('2 × TEE-M');
  });

  it('leaves no page with a complaint', () => expect(browser.complaints).toEqual([]));
});
