import type {
  CheckoutClient,
  Figures,
  MerchantDropRead,
  MerchantDropRef,
  MerchantDrops,
  OrderPoint,
  SentTick,
  StockRow,
  StockView,
} from '@holdfast/contracts';
import { type Clock, withDeadline } from '@holdfast/kernel';

export interface LaunchSourceParts {
  drops: Pick<MerchantDrops, 'getMerchantDrop'>;
  figures: Pick<Figures, 'recentTicks'>;
  checkout: Pick<CheckoutClient, 'orderSeries'>;
  view: StockView;
  clock: Clock;
  readMsMax: number;
}

export interface Answers {
  ticks: SentTick[];
  orders: OrderPoint[];
}

export interface CountsNow {
  /** Null: they could not be read now. */
  rows: StockRow[] | null;
  freshness: { staleSince: string | null; lagMs: number };
}

/** Where the figures of a launch come from: what all gateways sent to inventory, what checkout settled, and the stock view of this gateway. */
export class LaunchSource {
  constructor(private readonly parts: LaunchSourceParts) {}

  /** Throws `ServiceUnavailable`. */
  drop(ref: MerchantDropRef): Promise<MerchantDropRead | null> {
    return this.parts.drops.getMerchantDrop(ref);
  }

  /** Null: no answer in time. */
  async answers(
    ref: MerchantDropRef,
    sinceSecond: number,
    nowMs: number,
  ): Promise<Answers | 'not-found' | null> {
    const { figures, checkout, readMsMax } = this.parts;
    const range = { from: isoOf(sinceSecond), to: isoOf(Math.ceil(nowMs / 1_000)), stepSeconds: 1 };
    const reading = Promise.all([
      figures.recentTicks({ ...ref, sinceSecond }),
      checkout.orderSeries({ merchantId: ref.merchantId, dropId: ref.dropId, ...range }),
    ]);
    try {
      const [ticks, orders] = await withDeadline('the figures of a launch', readMsMax, reading);
      return ticks ? { ticks, orders } : 'not-found';
    } catch {
      return null; // said in the tick, which is stale then
    }
  }

  async counts(dropId: string): Promise<CountsNow> {
    const { view, readMsMax, clock } = this.parts;
    try {
      const reading = Promise.all([view.ofDrop(dropId), view.freshness()]);
      const [rows, { staleSince, lagMs }] = await withDeadline('the counts', readMsMax, reading);
      const behind = staleSince === null ? 0 : Math.max(0, clock.now() - Date.parse(staleSince));
      return { rows, freshness: { staleSince, lagMs: Math.round(lagMs ?? behind) } };
    } catch {
      return { rows: null, freshness: { staleSince: new Date(clock.now()).toISOString(), lagMs: 0 } };
    }
  }
}

const isoOf = (second: number) => new Date(second * 1_000).toISOString();
