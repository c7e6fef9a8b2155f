import { check, sleep } from 'k6';
import sse, { type SseEvent } from 'k6/x/sse';
import { randomOf } from './random.ts';
import type { Settings } from './settings.ts';
import { tally } from './tally.ts';

const COME_BACK_S = 0.5;

interface Counts {
  version: number | string;
  available?: number;
  held?: number;
  sold?: number;
  total?: number;
}

/** Reads the live counts until `untilMs`, and reconnects with the last id when the stream ends. */
export class Watcher {
  private readonly settings: Settings;
  private readonly random: () => number;
  private readonly versions = new Map<string, number>();
  private readonly totals = new Map<string, number>();

  constructor(settings: Settings, index: number) {
    this.settings = settings;
    this.random = randomOf(settings.seed ^ 0x5e5, index);
  }

  watch(untilMs: number): void {
    const headers: Record<string, string> = {};
    if (this.settings.pass) headers['holdfast-operator'] = this.settings.pass;
    let lastEventId = '';
    let streams = 0;
    while (Date.now() < untilMs) {
      let events = 0;
      const reading = sse.read(
        `${this.settings.url}/v1/drops/${this.settings.dropId}/live`,
        { headers, lastEventId, forMs: Math.max(1, untilMs - Date.now()), tags: { name: 'live' } },
        (event) => {
          if (events === 0 && event.type !== 'snapshot') tally.streamsWithoutSnapshot.add(1);
          events += 1;
          this.see(event);
        },
      );
      // Nobody answers while the service is replaced, and a full one says 503: both mean "come back".
      check(reading, {
        'live: a stream, or come back later': ({ status }) => [200, 503, 0].includes(status),
      });
      if (reading.status === 200) streams += 1;
      lastEventId = reading.lastEventId;
      if (reading.ended !== 'time') sleep(COME_BACK_S * (0.5 + this.random()));
    }
    tally.watched.add(streams > 0 ? 1 : 0);
  }

  private see(event: SseEvent): void {
    if (event.type !== 'snapshot' && event.type !== 'stock') return;
    const data = JSON.parse(event.data) as { items?: Record<string, unknown>[]; asOf?: string };
    for (const item of data.items ?? []) {
      const sku = String(item['sku']);
      this.compare(sku, (event.type === 'snapshot' ? item['stock'] : item) as Counts);
    }
    if (event.type === 'stock' && data.asOf)
      tally.liveLag.add(Math.max(0, event.atMs - Date.parse(data.asOf)));
  }

  /** A version that was seen never becomes a smaller one, and the counts always add up to what there is. */
  private compare(sku: string, { version, available, held, sold, total }: Counts): void {
    const known = this.versions.get(sku) ?? 0;
    if (Number(version) < known) tally.versionsBack.add(1);
    this.versions.set(sku, Math.max(known, Number(version)));
    if (total !== undefined) this.totals.set(sku, total);
    const all = this.totals.get(sku);
    // A merchant may show words or nothing instead of numbers.
    if ([available, held, sold, all].some((count) => typeof count !== 'number')) return;
    if (available! + held! + sold! !== all) tally.countsWrong.add(1);
  }
}
