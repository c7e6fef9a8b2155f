import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { CheckoutClient, InventoryClient, StockView } from '@holdfast/contracts';
import { withDeadline } from '@holdfast/kernel';

const PROBE_DEADLINE_MS = 1_500;
/** Names of nothing, so that a probe costs one look-up by primary key. */
const NO_DROP = 'd0000000';
const NO_ORDER = { orderId: `${NO_DROP}-o${'0'.repeat(26)}`, customerId: `cus_${'0'.repeat(26)}` };

/** Whether this process should be sent requests: not once it has begun to stop, and not while something it cannot do without is away. */
@Injectable()
export class Readiness implements OnModuleDestroy {
  private stopping = false;

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly inventory: InventoryClient,
    private readonly checkout: CheckoutClient,
    private readonly stock: StockView,
  ) {}

  onModuleDestroy(): void {
    this.stopping = true;
  }

  /** One check for each dependency, by its name in the answer. */
  checks() {
    return [
      () => this.process(),
      () => this.answers('inventory', () => this.inventory.getDrop(NO_DROP)),
      () => this.answers('checkout', () => this.checkout.getOrder(NO_ORDER)),
      () => this.changeStream(),
    ];
  }

  private process() {
    const indicator = this.indicators.check('gateway');
    return this.stopping ? indicator.down('is stopping') : indicator.up();
  }

  /** A question to the app that only its ledger can answer. */
  private async answers<N extends string>(name: N, ask: () => Promise<unknown>) {
    const indicator = this.indicators.check(name);
    try {
      await withDeadline(name, PROBE_DEADLINE_MS, ask());
      return indicator.up();
    } catch {
      return indicator.down('does not answer');
    }
  }

  /** Behind is no reason to send shoppers away: they see counts that are marked stale, and can buy. */
  private async changeStream() {
    const { staleSince } = await this.stock.freshness();
    return this.indicators.check('changeStream').up(staleSince === null ? {} : { staleSince });
  }
}
