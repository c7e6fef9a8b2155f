import { check } from 'k6';
import sse, { type SseEvent } from 'k6/x/sse';
import { seededRandomOf } from '../../libs/kernel/src/random.ts';
import { inventedAddress } from '../../libs/load/src/model/address.ts';
import { Client } from './client.ts';
import { paceFrom, pause } from './clock.ts';
import type { Settings } from './settings.ts';
import { note, tally } from './tally.ts';

const COME_BACK_MS = 500;
/** Who has not seen a stream when all is over waits so long for one; a reading lasts at least a moment. */
const PATIENCE_MS = 15_000;
const READ_MS_MIN = 500;
/** Ages are noted together: ten events a second and watcher would be as many lines. */
const AGES_TOGETHER = 10;

interface Counts {
  version: number | string;
  available?: number;
  held?: number;
  sold?: number;
  total?: number;
}

/** Reads the live counts. What it has seen once stays known to it when its stream is opened again. */
export class Watcher {
  readonly random: () => number;
  readonly client: Client;
  private readonly settings: Settings;
  private readonly versions = new Map<string, number>();
  private readonly totals = new Map<string, number>();
  private ages: number[] = [];
  private lastEventId = '';
  private streams = 0;

  constructor(settings: Settings, index: number) {
    this.settings = settings;
    this.random = seededRandomOf(settings.seed ^ 0x5e5, index);
    this.client = new Client(settings, this.random, inventedAddress(this.random));
  }

  /** From the opening until `endMs`; reconnects with the last id when the stream ends. */
  async watch(beganAtMs: number, endMs: number): Promise<void> {
    await paceFrom(beganAtMs).arrive();
    while (this.goesOn(endMs)) {
      const ended = this.read(endMs - Date.now());
      if (ended !== 'time') await pause(COME_BACK_MS * (0.5 + this.random()));
    }
    this.leave();
  }

  goesOn(endMs: number): boolean {
    return Date.now() < endMs + (this.streams === 0 ? PATIENCE_MS : 0);
  }

  /** Reads one stream for at most `ms`; returns how it ended, '' when there was none. Blocks this virtual user. */
  read(ms: number): string {
    let events = 0;
    const reading = sse.read(
      `${this.settings.url}/v1/drops/${this.settings.dropId}/live`,
      {
        headers: this.client.headers(),
        lastEventId: this.lastEventId,
        forMs: Math.max(READ_MS_MIN, ms),
        tags: { name: 'live' },
      },
      (event) => {
        if (events === 0 && event.type !== 'snapshot') tally.streamsWithoutSnapshot.add(1);
        events += 1;
        this.see(event);
      },
    );
    // Nobody answers while the service is replaced, and a full one says 503: both mean "come back".
    check(reading, {
      'live: a stream, or come back later': ({ status }) => [200, 429, 503, 0].includes(status),
    });
    if (reading.status === 200) this.streams += 1;
    if (events > 0) note({ did: 'step', step: 'live', ms: reading.firstEventMs, end: 'done' });
    this.lastEventId = reading.lastEventId;
    return reading.ended;
  }

  leave(): void {
    this.noteAges();
    tally.watched.add(this.streams > 0 ? 1 : 0);
  }

  private noteAges(): void {
    if (this.ages.length > 0) note({ did: 'ages', ms: this.ages });
    this.ages = [];
  }

  private see(event: SseEvent): void {
    if (event.type !== 'snapshot' && event.type !== 'stock') return;
    const data = JSON.parse(event.data) as { items?: Record<string, unknown>[]; asOf?: string };
    for (const item of data.items ?? []) {
      const sku = String(item['sku']);
      this.compare(sku, (event.type === 'snapshot' ? item['stock'] : item) as Counts);
    }
    if (event.type !== 'stock' || !data.asOf) return;
    const ageMs = Math.max(0, event.atMs - Date.parse(data.asOf));
    tally.liveLag.add(ageMs);
    if (this.ages.push(Math.round(ageMs)) >= AGES_TOGETHER) this.noteAges();
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
