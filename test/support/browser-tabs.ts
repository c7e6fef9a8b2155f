import { waitFor } from '@holdfast/testing';
import type { Browser, CDPSession } from 'playwright-core';

interface Reply {
  id?: number;
  result?: { result?: { value?: unknown }; exceptionDetails?: { text: string } };
  error?: { message: string };
}

/** Keeps the streams that a page opens, so that a test can count them. */
const COUNT_STREAMS = `(() => {
  const streams = (window.openStreams = new Set());
  window.EventSource = class extends EventSource {
    constructor(...args) { super(...args); streams.add(this); }
    close() { super.close(); streams.delete(this); }
  };
})()`;

/**
 * Tabs of one window of one shopper, as the browser itself has them: a tab behind another one is really hidden. Playwright's own pages are never
 * (it makes each of them believe that it has the focus), so these are opened past it.
 */
export class TestTabs {
  private constructor(
    private readonly browser: CDPSession,
    private readonly browserContextId: string,
  ) {}

  static async open(browser: Browser): Promise<TestTabs> {
    const session = await browser.newBrowserCDPSession();
    const { browserContextId } = (await session.send('Target.createBrowserContext')) as {
      browserContextId: string;
    };
    return new TestTabs(session, browserContextId);
  }

  /** Opens a tab in front of the others; behind them with `background`; in a window of its own with `newWindow`. */
  async tab(url: string, how: { background?: boolean; newWindow?: boolean } = {}): Promise<TestTab> {
    const { browserContextId } = this;
    const { targetId } = await this.browser.send('Target.createTarget', {
      url: 'about:blank',
      browserContextId,
      ...how,
    });
    const { sessionId } = await this.browser.send('Target.attachToTarget', { targetId, flatten: false });
    const tab = new TestTab(this.browser, targetId, sessionId);
    await tab.send('Page.enable');
    await tab.send('Page.addScriptToEvaluateOnNewDocument', { source: COUNT_STREAMS });
    await tab.send('Page.navigate', { url });
    return tab;
  }

  async close(): Promise<void> {
    await this.browser.send('Target.disposeBrowserContext', { browserContextId: this.browserContextId });
    await this.browser.detach();
  }
}

export class TestTab {
  private calls = 0;
  private readonly waiting = new Map<number, (reply: Reply) => void>();

  constructor(
    private readonly browser: CDPSession,
    private readonly targetId: string,
    private readonly sessionId: string,
  ) {
    browser.on('Target.receivedMessageFromTarget', ({ sessionId: of, message }) => {
      if (of !== sessionId) return;
      const reply = JSON.parse(message) as Reply;
      if (reply.id !== undefined) this.waiting.get(reply.id)?.(reply);
    });
  }

  async send(method: string, params: object = {}): Promise<Reply> {
    const id = (this.calls += 1);
    const answered = new Promise<Reply>((resolve) => this.waiting.set(id, resolve));
    const message = JSON.stringify({ id, method, params });
    await this.browser.send('Target.sendMessageToTarget', { sessionId: this.sessionId, message });
    return answered;
  }

  async evaluate<T>(expression: string): Promise<T> {
    const params = { expression, awaitPromise: true, returnByValue: true };
    const { result, error } = await this.send('Runtime.evaluate', params);
    const fault = error?.message ?? result?.exceptionDetails?.text;
    if (fault !== undefined) throw new Error(fault);
    return result?.result?.value as T;
  }

  async bringToFront(): Promise<void> {
    await this.browser.send('Target.activateTarget', { targetId: this.targetId });
  }

  get hidden(): Promise<boolean> {
    return this.evaluate('document.hidden');
  }

  get openStreams(): Promise<number> {
    return this.evaluate('window.openStreams.size');
  }

  /** The number of units that are left, as shown. */
  get left(): Promise<string | null> {
    return this.evaluate('document.querySelector("[data-testid=left]")?.textContent ?? null');
  }

  async says(text: string): Promise<void> {
    await waitFor(
      `"${text}" on the page`,
      () => this.evaluate<boolean>(`document.body?.innerText.includes(${JSON.stringify(text)}) ?? false`),
      { deadlineMs: 15_000 },
    );
  }
}
