import { batch, computed, type Signal, signal } from '@preact/signals';
import type { Answer } from '../shared/answer';
import { call } from '../shared/api';
import { LiveStream } from '../shared/live-stream';
import { clock } from '../shared/server-clock';
import { whenSeen } from '../shared/when-seen';
import { stateNow } from '../shared/drop-state';
import type { Band, Drop, DropState, Item, Shown } from '../shared/types';
import { BANDS_FROM_MOST, countsIn, isGone, NOTHING_YET, shownInItem, wordsForAll } from './shown';

/** Numbers give way to words at the same version, when the merchant no longer shows them. */
function isSameKind(a: Shown, b: Shown): boolean {
  return 'available' in a === 'available' in b && 'band' in a === 'band' in b;
}

export type DropDetails = Omit<Drop, 'items' | 'serverTime'>;

const RETRY_MS = 3_000;
const SLOW_MS = 3_000;
const RESTORED_SHOWN_MS = 5_000;

/**
 * What the page knows about its drop. Each SKU's counts are a signal of their own: a change draws one row,
 * not five thousand.
 */
export class DropStore {
  readonly load = signal<'loading' | 'ready' | 'missing' | 'unreachable'>('loading');
  readonly details = signal<DropDetails | null>(null);
  readonly items = signal<readonly Item[]>([]);
  readonly line = signal<'connecting' | 'live' | 'lost' | 'restored'>('connecting');
  readonly stale = signal(false);
  /** The drop is being asked for, and it takes long. */
  readonly slow = signal(false);
  private readonly counts = new Map<string, Signal<Shown>>();
  private restoredTimer = 0;

  /** The state at this moment. */
  readonly state = computed<DropState>(() => (this.details.value ? stateNow(this.details.value) : 'draft'));
  /** The SKU that the shopper has chosen, or nothing yet. */
  readonly chosen = signal('');
  /** All SKUs together: those that are not sold out, and the numbers where the shop tells them. */
  readonly onOffer = signal(0);
  private readonly best = signal<Band | null>(null);
  private readonly inBand = new Map<Band, number>();
  readonly left = signal(0);
  readonly held = signal(0);
  readonly sold = signal(0);

  constructor(readonly dropId: string) {}

  async start(): Promise<void> {
    const answer = await this.ask();
    if (answer.kind === 'ok') {
      this.take(answer.body);
      this.listen();
    } else if (answer.kind === 'problem' && (answer.status === 404 || answer.status === 400)) {
      this.load.value = 'missing';
    } else {
      this.load.value = 'unreachable';
      setTimeout(() => void whenSeen().then(() => this.start()), RETRY_MS);
    }
  }

  /** All items are sold out. */
  get gone(): boolean {
    return this.items.value.length > 0 && this.onOffer.value === 0;
  }

  get tellsNumbers(): boolean {
    return this.details.value?.stockDisplay === 'exact';
  }

  /** All items together in words, where there are no numbers. */
  get words(): string {
    return wordsForAll(this.gone, this.best.value);
  }

  stock(sku: string): Signal<Shown> {
    let counts = this.counts.get(sku);
    if (!counts) this.counts.set(sku, (counts = signal(NOTHING_YET)));
    return counts;
  }

  item(sku: string): Item | undefined {
    return this.items.value.find((item) => item.sku === sku);
  }

  private async ask(): Promise<Answer<Drop>> {
    const slow = setTimeout(() => (this.slow.value = true), SLOW_MS);
    const answer = await call<Drop>(`/v1/drops/${encodeURIComponent(this.dropId)}`);
    clearTimeout(slow);
    this.slow.value = false;
    return answer;
  }

  private listen(): void {
    new LiveStream(this.dropId, {
      snapshot: (drop) => {
        clock.heard(drop.serverTime);
        this.take(drop);
      },
      stock: (items) => batch(() => items.forEach((it) => this.apply(it.sku, it))),
      details: (details) => {
        if (details.serverTime) clock.heard(details.serverTime);
        if (this.details.value) this.details.value = { ...this.details.value, ...details };
      },
      freshness: (stale) => (this.stale.value = stale),
      serverTime: (time) => clock.heard(time),
      line: (state) => this.lineIs(state),
      catchUp: () => void this.catchUp(),
    }).start();
  }

  private async catchUp(): Promise<void> {
    const answer = await call<Drop>(`/v1/drops/${encodeURIComponent(this.dropId)}`);
    if (answer.kind !== 'ok') return; // the reading tab gets the same answer and reports the connection
    this.take(answer.body);
    this.lineIs('live');
  }

  private take({ items, serverTime: _, ...details }: Drop): void {
    batch(() => {
      this.details.value = details;
      for (const item of items) this.apply(item.sku, shownInItem(item));
      const known = this.items.value;
      // The same goods: their rows stay as they are, and only the counts move.
      if (known.length !== items.length || known.some((it, i) => it.sku !== items[i]?.sku))
        this.items.value = items;
      // Nothing to choose where there is one.
      if (items.length === 1) this.chosen.value = items[0]!.sku;
      this.stale.value = items.some((item) => item.stock.stale);
      this.load.value = 'ready';
    });
  }

  /** Takes counts that are newer than those shown; an older answer that arrives late changes nothing. */
  private apply(sku: string, shown: Shown): void {
    const known = this.stock(sku);
    const before = known.peek();
    if (shown.version < before.version || (shown.version === before.version && isSameKind(shown, before)))
      return;
    known.value = shown;
    this.onOffer.value += Number(!isGone(shown)) - Number(!isGone(before));
    this.countBand(before, -1);
    this.countBand(shown, 1);
    const [now, was] = [countsIn(shown), countsIn(before)];
    this.left.value += (now?.available ?? 0) - (was?.available ?? 0);
    this.held.value += (now?.held ?? 0) - (was?.held ?? 0);
    this.sold.value += (now?.sold ?? 0) - (was?.sold ?? 0);
  }

  private countBand(shown: Shown, by: 1 | -1): void {
    if (!('band' in shown)) return;
    this.inBand.set(shown.band, (this.inBand.get(shown.band) ?? 0) + by);
    this.best.value = BANDS_FROM_MOST.find((band) => (this.inBand.get(band) ?? 0) > 0) ?? null;
  }

  private lineIs(state: 'live' | 'lost' | 'connecting'): void {
    if (state !== 'live') this.line.value = state;
    else if (this.line.value === 'lost') {
      this.line.value = 'restored';
      clearTimeout(this.restoredTimer);
      this.restoredTimer = window.setTimeout(() => {
        if (this.line.value === 'restored') this.line.value = 'live';
      }, RESTORED_SHOWN_MS);
    } else if (this.line.value === 'connecting') this.line.value = 'live';
  }
}
