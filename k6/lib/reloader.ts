import { paceFrom, pause } from './clock.ts';
import type { Settings } from './settings.ts';
import { fault, tally } from './tally.ts';
import type { Watcher } from './watcher.ts';

/** How long a nervous shopper looks at the counts before they load the page again. */
const LOOKS_MS = 1_500;
const COME_BACK_MS = 500;

/**
 * Loads the page, reads the drop, opens the stream, and does so again a moment later, as people do before and after an
 * opening. All of them begin at the opening at once.
 */
export class Reloader {
  private readonly settings: Settings;
  private readonly watcher: Watcher;

  constructor(settings: Settings, watcher: Watcher) {
    this.settings = settings;
    this.watcher = watcher;
  }

  async reload(beganAtMs: number, endMs: number): Promise<void> {
    const { dropId } = this.settings;
    const { client, random } = this.watcher;
    await paceFrom(beganAtMs).arrive();
    while (this.watcher.goesOn(endMs)) {
      const page = await client.call({ name: 'page', method: 'GET', path: `/d/${dropId}` });
      if (page && ![200, 304, 429].includes(page.status) && page.status < 500)
        fault('oddAnswers', `${page.status}, page`);
      await client.call({ name: 'drop', method: 'GET', path: `/v1/drops/${dropId}` });
      const ended = this.watcher.read(Math.min(endMs - Date.now(), LOOKS_MS * (0.2 + random())));
      tally.reloads.add(1);
      if (ended !== 'time') await pause(COME_BACK_MS * (0.5 + random()));
    }
    this.watcher.leave();
  }
}
