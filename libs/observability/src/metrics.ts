import { collectDefaultMetrics, Counter, Gauge, Histogram, type Metric, Registry } from 'prom-client';
import { RouteHistogram } from './route-histogram';

export type { Counter, Gauge, Histogram };

/**
 * The metrics of one process, in Prometheus' terms. Created once and injected by this class, so that two
 * products in one test process do not share a registry. Requesting an existing name returns the same metric.
 */
export class Metrics {
  private readonly registry = new Registry();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  counter<L extends string>(name: string, help: string, labelNames: readonly L[] = []): Counter<L> {
    return this.once(name, () => new Counter({ name, help, labelNames, registers: [this.registry] }));
  }

  /** A counter that is kept elsewhere: `collect` is called at each scrape, and its result never decreases. */
  counterOf(name: string, help: string, collect: () => number): Counter {
    return this.once(name, () => {
      const counter: Counter = new Counter({
        name,
        help,
        registers: [this.registry],
        collect: () => {
          counter.reset();
          counter.inc(collect());
        },
      });
      return counter;
    });
  }

  /** The same with one label. `collect` returns each value of the label with its count. */
  countersOf(
    name: string,
    help: string,
    label: string,
    collect: () => Iterable<readonly [value: string, count: number]>,
  ): Counter {
    return this.once(name, () => {
      const counter: Counter = new Counter({
        name,
        help,
        labelNames: [label],
        registers: [this.registry],
        collect: () => {
          counter.reset();
          for (const [value, count] of collect()) counter.inc({ [label]: value }, count);
        },
      });
      return counter;
    });
  }

  /** `collect` is called at each scrape: for values that exist anyway, such as the length of a queue. */
  gauge(name: string, help: string, collect?: () => number): Gauge {
    return this.once(name, () => {
      const read = collect && { collect: () => gauge.set(collect()) };
      const gauge: Gauge = new Gauge({ name, help, registers: [this.registry], ...read });
      return gauge;
    });
  }

  histogram<L extends string>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: readonly L[] = [],
  ): Histogram<L> {
    return this.once(
      name,
      () => new Histogram({ name, help, buckets, labelNames, registers: [this.registry] }),
    );
  }

  /** Requests by route and status; cheap enough for each request (see the class). */
  routeHistogram(name: string, help: string): RouteHistogram {
    return this.once(name, () => {
      const metric = new RouteHistogram(name, help);
      // The registry only uses `name` and `get()`, but its type requires the whole base class.
      this.registry.registerMetric(metric as unknown as Metric);
      return metric;
    });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** The text that Prometheus scrapes. */
  render(): Promise<string> {
    return this.registry.metrics();
  }

  private once<M>(name: string, make: () => M): M {
    const known: unknown = this.registry.getSingleMetric(name);
    return known === undefined ? make() : (known as M);
  }
}
