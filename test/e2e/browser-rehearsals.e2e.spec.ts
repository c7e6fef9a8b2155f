import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DropView, Rehearsal, RehearsalEvidence } from '@holdfast/contracts';
import { ROLES, withLedger } from '@holdfast/postgres';
import { readRunState } from '@holdfast/process';
import { sampleEvidence, sampleNoGo, sampleRehearsal } from '@holdfast/testing';
import type { Page } from 'playwright-core';
import { axeFindings, describeInBrowser, TestBrowser } from '../support/browser';
import { type Product, startProduct } from '../support/product';
import { PASSWORD, StaffClient } from '../support/staff-client';

const EMAIL = 'owner@rehearsals.example';
const WIDTHS = [1280, 360];
/** Nobody is signed in yet; a drop is open while a rehearsal is asked for. */
const EXPECTED = [401, 409];
const A4_HEIGHT_PX = 1123;

const browser = new TestBrowser();
let product: Product;
let page: Page;
let dropId: string;

/** Rehearsals that have ended, as the runner leaves them in the ledger. */
async function insertEnded(rehearsal: Rehearsal, evidence: RehearsalEvidence, minutesAgo: number) {
  const { id, settings, state, verdict, detail } = rehearsal;
  const values = [id, dropId, settings, state, verdict, detail, rehearsal, evidence, minutesAgo];
  await withLedger(readRunState(product.dataDir)!.databaseUrl, ROLES.inventory, (pool) =>
    pool.query(
      `INSERT INTO inventory.rehearsal (merchant_id, rehearsal_id, drop_id, settings, state, verdict, detail, figures, evidence, progress,
         requested_at, started_at, ends_by, ended_at, ghosts_removed_at)
       SELECT merchant_id, $1, drop_id, $3, $4, $5, $6, $7, $8, 1, t, t, t, t, t
       FROM inventory.drop, (SELECT now() - make_interval(mins => $9) AS t) AS at WHERE drop_id = $2`,
      values,
    ),
  );
}

const button = (name: string | RegExp) => page.getByRole('button', { name });
const says = (text: string | RegExp) => page.getByText(text).first().waitFor();

/** Without axe findings, and not wider than the screen. */
async function look(view: string): Promise<string[]> {
  const findings: string[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    for (const finding of await axeFindings(page)) findings.push(`${view} ${width}: ${finding}`);
    if (await isTooWide(page)) findings.push(`${view}: wider than ${width} px`);
    const folder = process.env['HOLDFAST_SCREENSHOTS'];
    if (folder) await page.screenshot({ path: join(folder, `${view}-${width}.png`), fullPage: true });
  }
  await page.setViewportSize({ width: WIDTHS[0]!, height: 900 });
  return findings;
}

const isTooWide = (it: Page) =>
  it.evaluate<boolean>('document.documentElement.scrollWidth > document.documentElement.clientWidth');

describeInBrowser('rehearsals on the page of merchants', () => {
  beforeAll(async () => {
    [product] = await Promise.all([startProduct(), browser.start()]);
    const added = await product.cli('staff', 'add', '--email', EMAIL, '--role', 'owner');
    await new StaffClient(product.url).useLink((added.json as { inviteUrl: string }).inviteUrl);
    const made = await product.cli('drop', 'create', '--name', 'Coats', '--item', 'COAT=50@120.00');
    dropId = (made.json as DropView).id;
    await product.cli('drop', 'create', '--name', 'Hats', '--item', 'HAT=50@20.00', '--opens-at', 'now');
    page = await browser.visit({ expect: EXPECTED });
    await page.goto(`${product.url}/admin`);
    await page.getByLabel('Email').fill(EMAIL);
    await page.getByLabel('Password').fill(PASSWORD);
    await button('Sign in').click();
    await page.getByRole('heading', { name: 'Drops' }).waitFor();
  });
  afterAll(async () => {
    await browser.stop();
    await product.stop();
    expect(browser.complaints).toEqual([]);
  });

  it('starts one from the page of the drop, shows how far it is, and stops it', async () => {
    await page.goto(`${product.url}/admin/drops/${dropId}`);
    await button('Rehearse').click();
    const dialog = page.getByRole('dialog', { name: 'Rehearse this drop' });
    await dialog.getByLabel('Shoppers', { exact: true }).fill('many');
    await dialog.getByRole('button', { name: 'Start' }).click();
    await says('Shoppers must be a whole number.');
    expect(await look('rehearsal-dialog')).toEqual([]);
    await dialog.getByLabel('Shoppers', { exact: true }).fill('50');
    await dialog.getByLabel('Seconds in which they arrive').fill('60');
    await dialog.getByRole('button', { name: 'Start' }).click();
    await says(/a drop is open on this installation.*tick “Rehearse although a drop is open/);
    await dialog.getByRole('checkbox', { name: /^Rehearse although a drop is open/ }).check();
    await dialog.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('heading', { name: 'It is running' }).waitFor();
    await page.getByRole('progressbar', { name: 'Progress' }).waitFor();
    await page.getByRole('timer').waitFor();
    expect(await look('rehearsal-running')).toEqual([]);
    await button('Stop').click();
    await page.getByRole('heading', { name: 'It is running' }).waitFor({ state: 'detached' });
    await says(/No verdict: the rehearsal was stopped at \d+ %\./);
    await says('spike, 50 shoppers in 1 min');
  });

  it('shows verdict and promises, and puts two side by side', async () => {
    await insertEnded(sampleRehearsal({ id: 'reh_go' }), sampleEvidence(), 20);
    await insertEnded(sampleNoGo({ id: 'reh_nogo' }), sampleEvidence(), 10);
    await page.reload();
    const earlier = page.getByRole('region', { name: 'Earlier rehearsals' });
    const row = (text: string) => earlier.getByRole('listitem').filter({ hasText: text });
    await row('No-go:').getByRole('button', { name: /Show/ }).click();
    const verdict = page.getByRole('region', { name: 'Verdict', exact: true });
    await verdict.getByText('hold-p99: 1.81 s, promised: at most 1 s').waitFor();
    await verdict
      .getByRole('row', { name: /99 in 100 holds .* at most 1 s 1\.81 s −81 % ✗ broke/ })
      .waitFor();
    for (const text of ['No-go:', 'Go: all 9'])
      await row(text)
        .getByRole('button', { name: /Compare/ })
        .click();
    const both = page.getByRole('region', { name: 'Side by side' });
    await both.getByText('Both had the same settings.').waitFor();
    await both.getByRole('row', { name: 'Verdict No-go Go' }).waitFor();
    expect(await look('rehearsals')).toEqual([]);
  });

  it('opens the report beside the page, with its style', async () => {
    const opened = page.waitForEvent('popup');
    await button('Open the report').click();
    const tab = await opened;
    await tab.getByRole('heading', { level: 1, name: 'Winter coats, second batch' }).waitFor();
    // The policy of the page lets the report's style sheet in, and nothing else.
    const padding = await tab.evaluate<string>(
      `getComputedStyle(document.querySelector('.verdict')).padding`,
    );
    expect(padding).not.toBe('0px');
    await tab.close();
  });

  it('saves a report that needs no network, for the eye, the phone and paper', async () => {
    const saved = page.waitForEvent('download');
    await button('Download the report').click();
    const file = (await (await saved).path())!;
    const html = await readFile(file, 'utf8');
    const path = `${file}.html`;
    await writeFile(path, html);
    const reader = await browser.visit({ offline: true, colorScheme: 'dark' });
    const asked: string[] = [];
    reader.on('request', (request) => asked.push(request.url()));
    await reader.goto(`file://${path}`);
    await reader.getByText('Holds were answered too slowly').waitFor();
    for (const width of WIDTHS) {
      await reader.setViewportSize({ width, height: 800 });
      expect(await axeFindings(reader)).toEqual([]);
      expect(await isTooWide(reader)).toBe(false);
    }
    expect(asked).toEqual([`file://${path}`]);
    const pdf = await reader.pdf({ preferCSSPageSize: true });
    const sizes = [...pdf.toString('latin1').matchAll(/\/MediaBox ?\[([^\]]+)\]/g)].map(([, box]) => box!);
    // A4 in points, and no page for a few lines.
    for (const box of sizes)
      expect(
        box
          .trim()
          .split(/\s+/)
          .map((it) => Math.round(Number(it))),
      ).toEqual([0, 0, 595, 842]);
    await reader.emulateMedia({ media: 'print' });
    await reader.setViewportSize({ width: 703, height: A4_HEIGHT_PX });
    expect(await isTooWide(reader)).toBe(false);
    const paper = await reader.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    expect(paper).toBe('rgb(255, 255, 255)');
    await reader.close();
  });

  it('says that it is offline, and that a rehearsal cannot begin then', async () => {
    await page.context().setOffline(true);
    await button('Rehearse').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
    await says('You are offline');
    await page.context().setOffline(false);
    await page.keyboard.press('Escape');
  });
});
