import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { axeFindings, describeInBrowser, DESKTOP, TestBrowser } from '../support/browser';
import { type Product, startProduct } from '../support/product';
import { OtherShopper } from '../support/shop-client';
import { PASSWORD } from '../support/staff-client';

const browser = new TestBrowser();
let product: Product;

/** A browser writes these to the console: nobody is signed in yet, a call that needs the password again, a file with a bad row. */
const EXPECTED = [401, 403, 422];

/** The hands of a person on the merchants' page. */
class AdminPage {
  readonly findings: string[] = [];

  constructor(readonly page: Page) {}

  button(name: string | RegExp) {
    return this.page.getByRole('button', { name });
  }

  field(name: string) {
    return this.page.getByLabel(name, { exact: true });
  }

  async at(heading: string): Promise<void> {
    await this.page.getByRole('heading', { level: 1, name: heading }).waitFor();
  }

  async says(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  /** Waits until the launch screen shows this number. */
  async shows(name: 'available' | 'held' | 'sold' | 'total', number: string): Promise<void> {
    await this.page.getByTestId(name).getByText(number, { exact: true }).waitFor();
  }

  async confirmPassword(): Promise<void> {
    const dialog = this.page.getByRole('dialog', { name: 'Confirm your password' });
    await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await dialog.getByRole('button', { name: 'Confirm' }).click();
    await dialog.waitFor({ state: 'detached' });
  }

  /** On a desktop and on a phone of 360 px: without axe findings, and not wider than the screen. */
  async look(view: string): Promise<void> {
    for (const width of [1280, 360]) {
      await this.page.setViewportSize({ width, height: 800 });
      for (const finding of await axeFindings(this.page)) this.findings.push(`${view} ${width}: ${finding}`);
      const isWide = await this.page.evaluate<boolean>(
        'document.documentElement.scrollWidth > document.documentElement.clientWidth',
      );
      if (isWide) this.findings.push(`${view}: wider than ${width} px`);
      const folder = process.env['HOLDFAST_SCREENSHOTS'];
      if (folder) await this.page.screenshot({ path: join(folder, `${view}-${width}.png`), fullPage: true });
    }
    await this.page.setViewportSize(DESKTOP.viewport!);
  }
}

/** As `npm start` prints it. */
function linkOfTheBanner(): string {
  const [, link] = /^ {2}Admin +http:\S+\/admin {2}sign in with the one-time link (\S+)/m.exec(
    product.output(),
  )!;
  return link!;
}

describeInBrowser('the page of merchants', () => {
  let admin: AdminPage;

  beforeAll(async () => {
    await browser.start();
    product = await startProduct({ env: { HOLDFAST_DEMO: 'off' } });
    admin = new AdminPage(
      await browser.visit({ expect: EXPECTED, colorScheme: 'dark', reducedMotion: 'reduce' }),
    );
  });

  afterAll(() => browser.stop());

  afterEach(() => {
    expect(browser.complaints.splice(0)).toEqual([]);
    expect(admin.findings.splice(0)).toEqual([]);
  });

  it('lets the owner in by the one-time link, whose token leaves the address at once', async () => {
    await admin.page.goto(linkOfTheBanner());
    await admin.at('Set your password');
    expect(admin.page.url()).not.toContain('token');
    await admin.field('New password').fill('short');
    await admin.button('Set password and sign in').click();
    await admin.says('New password must have at least 12 characters.');
    await admin.look('link');
    await admin.field('New password').fill(PASSWORD);
    await admin.button('Set password and sign in').click();
    await admin.button('Sign out').waitFor();
    const kept = await admin.page.evaluate<number>('localStorage.length + sessionStorage.length');
    expect(kept).toBe(0);
  });

  it('makes an API key after the password was given again, and shows its secret once', async () => {
    await admin.page.getByRole('link', { name: 'Settings' }).click();
    await admin.at('Settings');
    const form = admin.page.getByRole('form', { name: 'New key' });
    await form.getByLabel('Name', { exact: true }).fill('warehouse');
    await form.getByLabel('drops:read').check();
    await form.getByRole('button', { name: 'Make key' }).click();
    await admin.look('step-up');
    await admin.confirmPassword();
    const secret = form.getByLabel('Secret of the key');
    expect(await secret.textContent()).toMatch(/^hfk_/);
    await admin.says('Not used yet');
    await admin.look('settings');
    await admin.page.reload();
    await admin.says('warehouse');
    expect(await secret.count()).toBe(0);
  });

  it('invites somebody, and saves the settings of the merchant', async () => {
    const invite = admin.page.getByRole('form', { name: 'Invite somebody' });
    await invite.getByLabel('Email', { exact: true }).fill('ann@cups.example');
    await invite.getByLabel('Name', { exact: true }).fill('Ann');
    await invite.getByRole('button', { name: 'Invite' }).click();
    await admin.confirmPassword(); // the reload has forgotten the former confirmation
    expect(await invite.getByLabel('One-time link').textContent()).toContain('/admin/link#token=');
    await admin.says('Invited, has not joined yet');
    await admin.field('Support email').fill('help@cups.example');
    await admin.button('Save').click();
    await admin.says('Saved.');
  });
  it('makes a drop and runs it: opens it, sees a hold at once, adds stock, pauses, resumes and closes it', async () => {
    const { page } = admin;
    await page.getByRole('link', { name: 'Drops' }).click();
    await admin.at('Drops');
    await admin.says('No drops yet');
    await admin.look('drops-empty');
    await page.getByRole('link', { name: 'New drop' }).click();
    await admin.at('New drop');
    await admin.button('Create draft').click();
    await admin.says('Name is needed.');
    await admin.look('new-drop');
    await page
      .getByRole('region', { name: 'What it is' })
      .getByLabel('Name', { exact: true })
      .fill('Blue cups');
    const item = page.getByRole('group', { name: 'Item 1' });
    for (const [label, text] of [
      ['SKU', 'CUP'],
      ['Units', '20'],
      ['Name', 'Cup'],
      ['Price', '9,50'],
    ])
      await item.getByLabel(label!, { exact: true }).fill(text!);
    await admin.button('Create draft').click();
    await admin.at('Blue cups');
    await admin.says('A draft: no shopper sees it.');
    await admin.look('launch-draft');
    await admin.button('Open now').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Open now' }).click();
    await admin.says('Open, until you close it.');
    const dropId = new URL(page.url()).pathname.split('/').at(-1)!;
    await new OtherShopper(product.url).hold(dropId, 'CUP');
    await admin.shows('held', '1');
    const stock = page.getByRole('region', { name: 'Adjust stock' });
    await stock.getByLabel('SKU', { exact: true }).fill('CUP');
    await stock.getByLabel('Units', { exact: true }).fill('5');
    await stock.getByLabel('Reason', { exact: true }).fill('found another box');
    await stock.getByRole('button', { name: 'Adjust' }).click();
    await admin.says('+5 CUP');
    await admin.shows('total', '25');
    await admin.look('launch-open');
    await admin.button('Pause').focus();
    await page.keyboard.press('Enter');
    await admin.says('Paused: nobody can place a hold.');
    await admin.look('launch-paused');
    await admin.button('Resume').click();
    await admin.button('Close').click();
    await admin.look('launch-close');
    await page.getByRole('dialog').getByRole('button', { name: 'Close for good' }).click();
    await admin.button('Close').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Drops' }).click();
    await page.getByRole('link', { name: 'Blue cups' }).waitFor();
    await admin.look('drops');
  });
  it('makes a product, changes it, and imports a file after a dry run that names its bad row', async () => {
    const { page } = admin;
    await page.getByRole('link', { name: 'Products' }).click();
    await admin.at('Products');
    await admin.says('No products yet');
    await admin.look('products-empty');
    await admin.button('New product').click();
    await admin.field('Name').fill('Bowl');
    await admin.field('SKU').fill('BOWL');
    await admin.field('Price in EUR').fill('14.00');
    await admin.look('product');
    await admin.button('Save').click();
    await admin.says('BOWL · €14.00');
    await admin.button('Edit Bowl').click();
    await admin.field('Price in EUR').fill('15.00');
    await admin.button('Save').click();
    await admin.says('BOWL · €15.00');
    const header = 'Handle,Title,Variant SKU,Variant Price,Variant Inventory Qty\n';
    const file = (rows: string) => ({
      name: 'p.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(header + rows),
    });
    const input = page.locator('input[type=file]');
    await input.setInputFiles(file('mug,Mug,MUG,12.00,5\nplate,Plate,PLATE,cheap,5\n'));
    await admin.says('Line 3:');
    await admin.look('products-import');
    await admin.button('Cancel').click();
    await input.setInputFiles(file('mug,Mug,MUG,12.00,5\n'));
    await admin.says('Every row is good.');
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await admin.says('MUG · €12.00');
  });
  it('finds orders by e-mail', async () => {
    await admin.page.getByRole('link', { name: 'Orders' }).click();
    await admin.at('Orders');
    await admin.says('No orders yet.');
    await admin.look('orders');
  });

  it('shows who changed what', async () => {
    await admin.page.getByRole('link', { name: 'Audit' }).click();
    await admin.at('Audit');
    await admin.page.getByText('key.created').first().waitFor();
    await admin.look('audit');
  });

  it('signs out in every tab', async () => {
    const other = new AdminPage(await browser.beside(admin.page, EXPECTED));
    await other.page.goto(`${product.url}/admin/settings`);
    await other.at('Settings');
    await admin.button('Sign out').click();
    await admin.at('Sign in');
    await other.at('Sign in');
    await admin.look('sign-in');
    await other.page.close();
  });
});
