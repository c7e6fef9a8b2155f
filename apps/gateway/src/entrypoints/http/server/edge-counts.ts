import { Injectable } from '@nestjs/common';
import type { PlaceOrderOutcome, PlaceOutcome } from '@holdfast/contracts';
import { Metrics } from '@holdfast/observability';

/** What shoppers were told, for the metrics: plain numbers while it happens, written to the registry at the scrape. */
@Injectable()
export class EdgeCounts {
  private readonly places = new Map<string, number>();
  private readonly orders = new Map<string, number>();

  constructor(metrics: Metrics) {
    metrics.countersOf(
      'holdfast_holds_total',
      'Answers to placing a hold, by outcome.',
      'outcome',
      () => this.places,
    );
    metrics.countersOf(
      'holdfast_orders_total',
      'Answers to placing an order, by outcome.',
      'outcome',
      () => this.orders,
    );
  }

  placed(outcome: PlaceOutcome): void {
    if (outcome.kind === 'refused')
      count(this.places, outcome.limitOf === 'network' ? 'network-limit-reached' : outcome.reason);
    else if (outcome.kind === 'held' && outcome.replayed) count(this.places, 'replayed');
    else count(this.places, outcome.kind);
  }

  ordered(outcome: PlaceOrderOutcome): void {
    if (outcome.kind !== 'answered') count(this.orders, outcome.kind);
    else if (outcome.replayed) count(this.orders, 'replayed');
    else count(this.orders, outcome.status === 201 ? 'paid' : 'pending');
  }
}

function count(counts: Map<string, number>, outcome: string): void {
  counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
}
