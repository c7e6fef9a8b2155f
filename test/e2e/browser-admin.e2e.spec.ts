import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { axeFindings, describeInBrowser, DESKTOP, TestBrowser } from '../support/browser';
import { type Hands, Keyboard, Pointer } from '../support/browser-hands';
import { type Product, startProduct } from '../support/product';
import { REPOSITORY } from '../support/repository';
import { OtherShopper } from '../support/shop-client';
import { PASSWORD, StaffClient } from '../support/staff-client';

const browser = new TestBrowser();
let product: Product;

/** A browser writes these to the console: nobody is signed in yet, a call that needs the password again, an older version, a file with a bad row. */
const EXPECTED = [401, 403, 412, 422];

/** `HOLDFAST_DOC_IMAGES=on` makes the pictures of docs/merchants.md and README.md anew; `HOLDFAST_SCREENSHOTS=<folder>` keeps one of every look. */
const IMAGES = process.env['HOLDFAST_DOC_IMAGES'] === 'on' ? join(REPOSITORY, 'docs/images') : undefined;
const PICTURES: Record<string, string> = {
  drops: 'admin-drops',
  'new-drop': 'admin-new-drop',
  'launch-open': 'admin-launch',
  conflict: 'admin-edit',
  'products-import': 'admin-products',
  orders: 'admin-orders',
  audit: 'admin-audit',
  settings: 'admin-settings',
  'sign-in': 'admin-sign-in',
};

/** A person on the merchants' page. */
class AdminPage {
  readonly findings: string[] = [];

  constructor(
    readonly page: Page,
    readonly hands: Hands,
    /** Of the screens on which a view is looked at. */
    private readonly widths: readonly number[],
  ) {}

  button(name: string | RegExp) {
    return this.page.getByRole('button', { name, exact: true });
  }

  link(name: string) {
    return this.page.getByRole('link', { name, exact: true });
  }

  field(name: string, within: Page | Locator = this.page) {
    return within.getByLabel(name, { exact: true });
  }

  region(name: string) {
    return this.page.getByRole('region', { name, exact: true });
  }

  dialog(name: string | RegExp) {
    return this.page.getByRole('dialog', { name });
  }

  async at(heading: string): Promise<void> {
    await this.page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
  }

  async says(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  /** Waits until the launch screen shows this number. */
  async shows(name: string, number: string | RegExp): Promise<void> {
    await this.page.getByTestId(name).getByText(number, { exact: true }).waitFor();
  }

  async go(section: string): Promise<void> {
    await this.hands.press(this.page.getByRole('navigation').getByRole('link', { name: section }));
    await this.at(section);
  }

  async confirmPassword(): Promise<void> {
    const dialog = this.dialog('Confirm your password');
    await this.hands.type(this.field('Password', dialog), PASSWORD);
    await this.hands.press(dialog.getByRole('button', { name: 'Confirm' }));
    await dialog.waitFor({ state: 'detached' });
  }

  /** The file that a button downloads. */
  async downloaded(button: Locator): Promise<string> {
    const download = this.page.waitForEvent('download');
    await this.hands.press(button);
    return readFile((await (await download).path())!, 'utf8');
  }

  /** Without axe findings, and not wider than the screen. */
  async look(view: string, widths = this.widths): Promise<void> {
    for (const width of widths) {
      if (this.widths.length > 1) await this.page.setViewportSize({ width, height: 800 });
      for (const finding of await axeFindings(this.page)) this.findings.push(`${view} ${width}: ${finding}`);
      const isWide = await this.page.evaluate<boolean>(
        'document.documentElement.scrollWidth > document.documentElement.clientWidth',
      );
      if (isWide) this.findings.push(`${view}: wider than ${width} px`);
      await this.picture(view, width);
    }
    if (this.widths.length > 1) await this.page.setViewportSize(DESKTOP.viewport!);
  }

  /** On one of the screens: the two stories have one each. */
  glance(view: string): Promise<void> {
    return this.look(view, this.widths.slice(0, 1));
  }

  private async picture(view: string, width: number): Promise<void> {
    const folder = process.env['HOLDFAST_SCREENSHOTS'];
    if (folder) await this.page.screenshot({ path: join(folder, `${view}-${width}.png`), fullPage: true });
    const name = width > 1000 ? PICTURES[view] : view === 'launch-open' ? 'admin-launch-phone' : undefined;
    if (!IMAGES || !name) return;
    await this.page.evaluate('scrollTo(0, 0)');
    const height = ({ 'launch-open': 1_480, conflict: 1_180 } as Record<string, number>)[view] ?? 900;
    const clip = { x: 0, y: 0, width, height };
    await this.page.screenshot({ path: join(IMAGES, `${name}.png`), clip, fullPage: true });
  }
}

/** As `npm start` prints it. */
function linkOfTheBanner(): string {
  const [, link] = /^ {2}Admin +http:\S+\/admin {2}sign in with the one-time link (\S+)/m.exec(
    product.output(),
  )!;
  return link!;
}

/** A launch has a hundred steps, each a few hundred milliseconds on a busy machine; what hangs has a deadline of its own. */
const LAUNCH_MS_MAX = 400_000;

const HEADER = 'Handle,Title,Variant SKU,Variant Price,Variant Inventory Qty\n';

/** A file that the page is given, as from a disk. */
const csv = (rows: string) => ({ name: 'p.csv', mimeType: 'text/csv', buffer: Buffer.from(HEADER + rows) });

/** Shoppers who want more than there is; half of those who get a unit pay. */
async function rush(dropId: string): Promise<void> {
  const shoppers = IMAGES ? ['1500', '--concurrency', '40'] : ['60'];
  const answer = await product.cli('rush', '--drop', dropId, '--shoppers', ...shoppers, '--pay', '0.5');
  if (answer.code !== 0) throw new Error(answer.stderr);
}

interface Names {
  product: string;
  sku: string;
  drop: string;
  /** Of the shopper whose hold and order are looked for. */
  email: string;
}

/** What a merchant does for a launch, from a product to the copy for the next time. */
async function launch(admin: AdminPage, owner: StaffClient, names: Names): Promise<void> {
  await makeProducts(admin, names);
  const dropId = await makeDrop(admin, names);
  await openByItself(admin, owner, dropId);
  await steer(admin, owner, names, dropId);
  await settle(admin, names);
}

async function makeProducts(admin: AdminPage, { product: name, sku }: Names): Promise<void> {
  const { page, hands } = admin;
  await admin.go('Products');
  await admin.glance('products');
  await hands.press(admin.button('New product'));
  await hands.type(admin.field('Name'), name);
  await hands.type(admin.field('SKU'), sku);
  await hands.type(admin.field('Price in EUR'), '14.00');
  await admin.glance('product');
  await hands.press(admin.button('Save'));
  await admin.says(`${sku} · €14.00`);
  await hands.press(admin.button(`Edit ${name}`));
  await hands.type(admin.field('Price in EUR'), '15.00');
  await hands.press(admin.button('Save'));
  await admin.says(`${sku} · €15.00`);
  const input = page.locator('input[type=file]');
  await input.setInputFiles(
    csv(`mug-${sku},Mug,MUG-${sku},12.00,5\nplate,Plate,P-${sku},cheap,5\nbowl,Bowl,B,1.00,x\n`),
  );
  for (const line of ['Line 3:', 'Line 4:']) await admin.says(line);
  await admin.glance('products-import');
  await hands.press(admin.button('Cancel'));
  // Dragged onto the page this time.
  const transfer = await page.evaluateHandle(
    `(() => { const it = new DataTransfer(); it.items.add(new File([${JSON.stringify(`${HEADER}mug-${sku},Mug,MUG-${sku},12.00,5\n`)}], 'p.csv', { type: 'text/csv' })); return it; })()`,
  );
  await page.locator('.dropzone').dispatchEvent('drop', { dataTransfer: transfer });
  await admin.says('Every row is good.');
  await hands.press(admin.button('Import'));
  await admin.says(`MUG-${sku} · €12.00`);
}

async function makeDrop(admin: AdminPage, { sku, drop }: Names): Promise<string> {
  const { page, hands } = admin;
  await admin.go('Drops');
  await hands.press(admin.link('New drop'));
  await admin.at('New drop');
  await hands.press(admin.button('Create draft'));
  await admin.says('Name is needed.');
  await hands.type(admin.field('Name', admin.region('What it is')), drop);
  const item = page.getByRole('group', { name: 'Item 1' });
  await hands.type(admin.field('SKU', item), sku);
  await hands.type(admin.field('Units', item), '20');
  await admin.glance('new-drop');
  await hands.press(admin.button('Create draft'));
  await admin.at(drop);
  await admin.says('A draft: no shopper sees it.');
  await admin.glance('launch-draft');
  return new URL(page.url()).pathname.split('/').at(-1)!;
}

/** Scheduled on the page; the time is then moved from elsewhere, which the page shows by itself, and so does it the opening. */
async function openByItself(admin: AdminPage, owner: StaffClient, dropId: string): Promise<void> {
  const { hands } = admin;
  await hands.press(admin.button('Schedule'));
  const dialog = admin.dialog('When it opens');
  const opensAt = admin.field('Opens at', dialog);
  if (hands instanceof Keyboard) await hands.stepUpEachPart(opensAt);
  else await hands.type(opensAt, '2030-12-31T10:30');
  await admin.glance('launch-schedule');
  await hands.press(dialog.getByRole('button', { name: 'Schedule' }));
  await dialog.waitFor({ state: 'detached' });
  await admin.says('Scheduled');
  await admin.says('Opens in');
  const soon = new Date(Date.now() + 5_000).toISOString();
  const moved = await owner.send('POST', `/v1/admin/drops/${dropId}/schedule`, { opensAt: soon });
  expect(moved.status).toBe(200);
  await admin.button('Pause').waitFor();
}

async function steer(admin: AdminPage, owner: StaffClient, names: Names, dropId: string): Promise<void> {
  const { page, hands } = admin;
  const shopper = new OtherShopper(product.url);
  await shopper.buy(dropId, names.sku, 1, names.email);
  await shopper.hold(dropId, names.sku);
  await admin.shows('held', '1');
  await admin.shows('sold', '1');
  const stock = admin.region('Adjust stock');
  await hands.type(admin.field('SKU', stock), names.sku);
  await hands.type(admin.field('Units', stock), '5');
  await hands.type(admin.field('Reason', stock), 'found another box');
  await hands.press(stock.getByRole('button', { name: 'Adjust' }));
  await admin.says(`+5 ${names.sku}`);
  await admin.shows('total', '25');
  const holds = admin.region('Holds');
  await hands.press(holds.getByRole('button', { name: 'Search' }));
  await hands.press(holds.getByRole('button', { name: /^Release/ }));
  const dialog = admin.dialog('Release this hold?');
  await hands.type(admin.field('Reason', dialog), 'the shopper asked for it');
  await hands.press(dialog.getByRole('button', { name: 'Release' }));
  await dialog.waitFor({ state: 'detached' });
  await admin.shows('held', '0');
  await holds.getByRole('button', { name: /^Release/ }).waitFor({ state: 'detached' });
  // The focus is not lost with the row.
  await holds.locator('h2:focus').waitFor();
  await editBesideOthers(admin, owner, dropId, names.drop);
  await Promise.all([seenAboveZero(page, 'now-arrivals'), rush(dropId)]);
  await admin.shows('available', '0');
  await admin.shows('refused-sold-out', /^[1-9][\d,]*$/);
  await admin.says('Orders paid');
  await page.locator('.chart canvas').first().waitFor();
  await admin.glance('launch-open');
  await hands.press(admin.button('Pause'));
  await admin.says('Paused: nobody can place a hold.');
  await admin.glance('launch-paused');
  await hands.press(admin.button('Resume'));
  await admin.button('Pause').waitFor();
}

/** Resolves when the figure has been above 0, if only for a moment. */
async function seenAboveZero(page: Page, name: string): Promise<void> {
  await page.evaluate(`new Promise((seen, missed) => {
    const figure = () => document.querySelector('[data-testid="${name}"]')?.textContent ?? '';
    const timer = setInterval(() => /[1-9]/.test(figure()) && (clearInterval(timer), seen()), 100);
    setTimeout(() => missed(new Error('${name} stayed at ' + figure())), 60_000);
  })`);
}

/** The next request of this kind is carried out, and its answer does not arrive. */
async function loseAnswer(page: Page, method: string): Promise<void> {
  let lost = false;
  await page.route('**/v1/admin/**', async (route) => {
    if (lost || route.request().method() !== method) return route.fallback();
    lost = true;
    await route.fetch();
    await route.abort();
  });
}

/** Somebody else changes the drop in the meantime: the page says what, and keeps what was typed. */
async function editBesideOthers(admin: AdminPage, owner: StaffClient, dropId: string, name: string) {
  const { hands } = admin;
  await hands.press(admin.link('Edit'));
  await admin.at(`Edit ${name}`);
  const path = `/v1/admin/drops/${dropId}`;
  await owner.send('PATCH', path, { description: 'Blue.' }, { 'if-match': '*' });
  await hands.type(admin.field('Units for one customer'), '6');
  await hands.press(admin.button('Save'));
  await admin.says('Description: none → Blue.');
  await admin.glance('conflict');
  await hands.type(admin.field('Units for one customer'), '7'); // after the refusal: it is kept, too
  await hands.press(admin.button('Reload, and keep what I have typed'));
  await admin.button('Reload, and keep what I have typed').waitFor({ state: 'detached' });
  await admin.page.locator('h1:focus').waitFor();
  await loseAnswer(admin.page, 'PATCH');
  await hands.press(admin.button('Save'));
  await admin.says('Holdfast is not responding');
  await admin.page.unrouteAll();
  // Saved by the first try: nobody else is blamed for the newer version.
  await hands.press(admin.button('Save'));
  await admin.at(name);
  const { body } = await owner.send('GET', path);
  expect(body).toMatchObject({ description: 'Blue.', perCustomerLimit: 7 });
}

async function settle(admin: AdminPage, { drop, email, sku }: Names): Promise<void> {
  const { page, hands } = admin;
  expect(await admin.downloaded(admin.button('Export its orders'))).toContain(email);
  await readTimeline(admin, drop, sku);
  await hands.press(admin.button('Close'));
  await admin.glance('launch-close');
  await hands.press(admin.dialog(/^Close/).getByRole('button', { name: 'Close for good' }));
  await admin.button('Close').waitFor({ state: 'detached' });
  const closed = page.url();
  await hands.press(admin.button('Duplicate'));
  await admin.says('A draft: no shopper sees it.');
  expect(page.url()).not.toBe(closed);
  await admin.go('Drops');
  await page.getByRole('link', { name: drop }).first().waitFor();
  await admin.glance('drops');
  await admin.go('Orders');
  await hands.type(admin.field('Email, order or customer begins with'), email);
  await hands.press(admin.button('Search'));
  await admin.says(email);
  await admin.says(`1 × ${sku}`);
  await admin.glance('orders');
  expect(await admin.downloaded(admin.button('Export CSV'))).toContain(email);
}

/** What happened in the drop, then only what a person did to its stock, then nothing. */
async function readTimeline(admin: AdminPage, drop: string, sku: string): Promise<void> {
  const { page, hands } = admin;
  const entry = (words: string) => page.getByRole('listitem').filter({ hasText: words });
  await hands.press(admin.link('Timeline'));
  await admin.at('Timeline');
  await entry('Hold placed').first().waitFor();
  await admin.glance('timeline');
  await hands.choose(admin.field('What happened'), 'Stock adjusted');
  await hands.press(admin.button('Search'));
  // The whole list stands there until the answer has come.
  await entry('Hold placed').first().waitFor({ state: 'detached' });
  await entry(`+5 ${sku}`).waitFor();
  await entry('found another box').waitFor();
  await hands.type(admin.field('Customer ID'), 'nobody');
  await hands.press(admin.button('Search'));
  await admin.says('Nothing of this kind has happened.');
  await admin.glance('timeline-empty');
  await hands.press(admin.link('Back to the drop'));
  await admin.at(drop);
}

describeInBrowser('the page of merchants', () => {
  let admin: AdminPage;
  let owner: StaffClient;

  beforeAll(async () => {
    await browser.start();
    product = await startProduct({ env: { HOLDFAST_DEMO: 'off' } });
    const page = await browser.visit({ expect: EXPECTED, reducedMotion: 'reduce' });
    admin = new AdminPage(page, new Keyboard(page), [1280, 360]);
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
    await admin.hands.type(admin.field('New password'), 'short');
    await admin.hands.press(admin.button('Set password and sign in'));
    await admin.says('New password must have at least 12 characters.');
    await admin.look('link');
    await admin.hands.type(admin.field('New password'), PASSWORD);
    await admin.hands.press(admin.button('Set password and sign in'));
    await admin.button('Sign out').waitFor();
    const kept = await admin.page.evaluate<number>('localStorage.length + sessionStorage.length');
    expect(kept).toBe(0);
    await admin.says('No drops yet');
    await admin.look('drops-empty');
  });

  it('makes an API key after the password was given again, and shows its secret once', async () => {
    await admin.go('Settings');
    const form = admin.page.getByRole('form', { name: 'New key' });
    await admin.hands.type(admin.field('Name', form), 'warehouse');
    await form.getByLabel('drops:read').check();
    await admin.hands.press(form.getByRole('button', { name: 'Make key' }));
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
    await admin.hands.type(admin.field('Email', invite), 'ann@cups.example');
    await admin.hands.type(admin.field('Name', invite), 'Ann');
    await admin.hands.press(invite.getByRole('button', { name: 'Invite' }));
    await admin.confirmPassword(); // the reload has forgotten the former confirmation
    expect(await invite.getByLabel('One-time link').textContent()).toContain('/admin/link#token=');
    await admin.says('Invited, has not joined yet');
    await admin.hands.type(admin.field('Support email'), 'help@cups.example');
    await admin.hands.press(admin.button('Save'));
    await admin.says('Saved.');
  });

  it(
    'runs a launch from the product to its copy, by keyboard alone',
    async () => {
      owner = await StaffClient.newOwner(product);
      await launch(admin, owner, {
        product: 'Cup',
        sku: 'CUP',
        drop: 'Blue cups',
        email: 'ada@cups.example',
      });
    },
    LAUNCH_MS_MAX,
  );

  it('shows who changed what', async () => {
    await admin.go('Audit');
    await admin.page.getByText('key.created').first().waitFor();
    await admin.look('audit');
  });

  it('says that it is offline, and goes on when the connection is back', async () => {
    await admin.go('Drops');
    await admin.hands.press(admin.page.getByRole('link', { name: 'Blue cups' }).last());
    await admin.at('Blue cups');
    await admin.page.getByTestId('now-readers').getByText(/^\d+$/).waitFor();
    await admin.page.context().setOffline(true);
    await admin.says('You are offline.');
    await admin.look('launch-offline');
    await admin.page.context().setOffline(false);
    await admin.page.getByText('You are offline.').waitFor({ state: 'detached' });
    await admin.page.getByTestId('now-readers').getByText(/^\d+$/).waitFor();
  });

  it('has the runbooks of what can be wrong', async () => {
    await admin.page.goto(`${product.url}/admin/runbooks/stale-counts`);
    await admin.at('Counts are marked stale');
    await admin.look('runbook');
    await admin.hands.press(admin.page.getByRole('link', { name: 'redis-down.md' }).first());
    await admin.at('Redis is down (cluster mode)');
  });

  it('signs out in every tab', async () => {
    const tab = await browser.beside(admin.page, EXPECTED);
    const other = new AdminPage(tab, new Pointer(), []);
    await other.page.goto(`${product.url}/admin/settings`);
    await other.at('Settings');
    await admin.hands.press(admin.button('Sign out'));
    await admin.at('Sign in');
    await other.at('Sign in');
    await admin.look('sign-in');
    await other.page.close();
  });

  it(
    'runs a launch on a phone of 360 px, in the dark',
    async () => {
      const viewport = { width: 360, height: 800 };
      const page = await browser.visit({ expect: EXPECTED, viewport, hasTouch: true, colorScheme: 'dark' });
      const phone = new AdminPage(page, new Pointer(), [360]);
      await page.goto(`${product.url}/admin`);
      await phone.at('Sign in');
      await phone.hands.type(phone.field('Email'), 'owner@holdfast.test');
      await phone.hands.type(phone.field('Password'), PASSWORD);
      await phone.hands.press(phone.button('Sign in'));
      await phone.at('Drops');
      await launch(phone, owner, {
        product: 'Bowl',
        sku: 'BOWL',
        drop: 'Red bowls',
        email: 'bo@bowls.example',
      });
      expect(phone.findings).toEqual([]);
    },
    LAUNCH_MS_MAX,
  );
});
