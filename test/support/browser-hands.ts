import type { Locator, Page } from 'playwright-core';

/** How a person does things on a page: the same story can be played by each. */
export interface Hands {
  /** Presses a button or follows a link. */
  press(target: Locator): Promise<void>;
  /** Replaces what a field holds. */
  type(target: Locator, text: string): Promise<void>;
  /** Picks the option that begins with this text. */
  choose(target: Locator, option: string): Promise<void>;
}

export class Pointer implements Hands {
  press(target: Locator): Promise<void> {
    return target.click();
  }

  type(target: Locator, text: string): Promise<void> {
    return target.fill(text);
  }

  async choose(target: Locator, option: string): Promise<void> {
    await target.selectOption({ label: option });
  }
}

const TABS_MAX = 200;
const DATE_PARTS = 6; // month, day, year, hour, minute, and the half of the day where it is written

/** Nothing but keys: what cannot be reached by Tab cannot be used, and what has the focus must be seen. */
export class Keyboard implements Hands {
  constructor(private readonly page: Page) {}

  async press(target: Locator): Promise<void> {
    await this.reach(target);
    await this.page.keyboard.press('Enter');
  }

  async type(target: Locator, text: string): Promise<void> {
    await this.reach(target);
    await this.page.keyboard.press('ControlOrMeta+A');
    await this.page.keyboard.type(text);
  }

  async choose(target: Locator, option: string): Promise<void> {
    await this.reach(target);
    await this.page.keyboard.type(option);
  }

  /** Years ahead, whatever order the browser's language gives the parts: each steps up from the present. */
  async stepUpEachPart(target: Locator): Promise<void> {
    await this.reach(target);
    for (let part = 0; part < DATE_PARTS; part += 1) {
      for (let step = 0; step < 5; step += 1) await this.page.keyboard.press('ArrowUp');
      await this.page.keyboard.press('ArrowRight');
    }
  }

  private async reach(target: Locator): Promise<void> {
    await target.waitFor();
    for (let tabs = 0; tabs < TABS_MAX; tabs += 1) {
      if (await target.evaluate((it) => it === it.ownerDocument.activeElement)) return this.seen(target);
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`the keyboard does not reach ${String(target)}`);
  }

  private async seen(target: Locator): Promise<void> {
    const outline = await target.evaluate(
      (it) => it.ownerDocument.defaultView!.getComputedStyle(it).outlineStyle,
    );
    if (outline === 'none') throw new Error(`nothing shows that ${String(target)} has the focus`);
  }
}
