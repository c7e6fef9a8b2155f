import { readFileSync } from 'node:fs';
import { waitFor } from '@holdfast/testing';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { TestTabs } from './browser-tabs';

/** Left out loudly by the test runner where there is no browser. */
export const describeInBrowser = process.env['HOLDFAST_NO_BROWSER'] ? describe.skip : describe;

export const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 900 } };
export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};

/** What a stream that breaks, or a call that finds no server, writes to the console: not a fault of the page. */
const DROPPED =
  /net::ERR_(CONNECTION|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE|NETWORK|FAILED|ABORTED|INTERNET_DISCONNECTED)/;

/** One browser for a test file. It remembers what the pages complained about. */
export class TestBrowser {
  readonly complaints: string[] = [];
  private browser: Browser | undefined;

  async start(): Promise<void> {
    this.browser = await chromium.launch({
      executablePath: process.env['HOLDFAST_CHROMIUM'] ?? '/usr/bin/chromium',
      // Without a graphics card the part of one is played by the processor, which draws faster by itself.
      args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
    });
  }

  async stop(): Promise<void> {
    await this.browser?.close();
  }

  /** Tabs of a new visitor that can be hidden. */
  tabs(): Promise<TestTabs> {
    return TestTabs.open(this.browser!);
  }

  /**
   * A page of a new visitor. `expect` are statuses that the test provokes: browsers write each 4xx answer to the console. The visitor has asked for
   * less motion unless the test says otherwise: what moves on the pages without an end takes the machine from all else.
   */
  async visit(options: BrowserContextOptions & { expect?: number[] } = {}): Promise<Page> {
    const { expect: statuses = [], ...contextOptions } = options;
    const context = await this.browser!.newContext({
      ...DESKTOP,
      locale: 'en-GB',
      reducedMotion: 'reduce',
      ...contextOptions,
    });
    context.setDefaultTimeout(30_000);
    return this.watch(await context.newPage(), statuses);
  }

  /** Another tab of the same visitor. */
  async beside(page: Page, statuses: number[] = []): Promise<Page> {
    return this.watch(await page.context().newPage(), statuses);
  }

  private watch(page: Page, statuses: number[]): Page {
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      const text = message.text();
      const expected = statuses.some((status) => text.includes(`status of ${status} `));
      if (message.type() === 'error' && !expected && !DROPPED.test(text)) this.complaints.push(text);
    });
    return page;
  }
}

const axeSource = () => readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

interface AxeResult {
  violations: { id: string; help: string; nodes: { target: string[]; failureSummary: string }[] }[];
}

/** What axe finds wrong with the page as it is, one line a finding. The script is evaluated, so the pages' policy cannot block it. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(axeSource());
  const result = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as AxeResult;
  return result.violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.target.join(' ')}: ${node.failureSummary}`),
  );
}

/** The shopper's hands on the page of one drop. */
export class ShopPage {
  constructor(
    readonly page: Page,
    private readonly url: string,
  ) {}

  async open(path: string): Promise<void> {
    await this.page.goto(this.url + path);
  }

  option(sku: string) {
    return this.page.locator(`[data-sku="${sku}"]`);
  }

  /** The number of units of the whole drop that are left, as shown. */
  get left() {
    return this.page.getByTestId('left');
  }

  get main() {
    return this.page.locator('button.main');
  }

  async hold(sku: string, quantity = 1): Promise<void> {
    await this.option(sku).click();
    for (let i = 1; i < quantity; i += 1) await this.page.getByLabel('Increase quantity').click();
    await this.main.click();
    await this.page.getByRole('heading', { name: 'On hold for you' }).waitFor();
  }

  async pay(token: string): Promise<void> {
    await this.page.getByLabel('Email').fill('shopper@example.com');
    await this.page.getByLabel('Test card').selectOption(token);
    await this.main.click();
  }

  /** Whether what has the focus matches the selector. */
  async focusIs(selector: string): Promise<boolean> {
    return (await this.page.locator(`${selector}:focus`).count()) > 0;
  }

  heading(name: string) {
    return this.page.getByRole('heading', { name });
  }

  /** Waits for what the page says for less than half a second: so seldom does a locator look. */
  async saysBriefly(text: string): Promise<void> {
    const isSaid = `document.body.innerText.includes(${JSON.stringify(text)})`;
    await waitFor(`the page to say: ${text}`, () => this.page.evaluate<boolean>(isSaid), {
      deadlineMs: 30_000,
    });
  }

  /** Waits until the page says so, anywhere. */
  async says(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }
}
