import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { StepLatency } from './load-result';

const US_PER_MS = 1_000;
const US_MAX = 600_000_000; // ten minutes, longer than any visit

/** An HDR histogram of milliseconds: two significant digits, about 30 KB however much is recorded. */
export class Latencies {
  private readonly histogram: RecordableHistogram = createHistogram({
    lowest: 1,
    highest: US_MAX,
    figures: 2,
  });

  get count(): number {
    return this.histogram.count;
  }

  add(ms: number): void {
    this.histogram.record(Math.min(US_MAX, Math.max(1, Math.round(ms * US_PER_MS))));
  }

  /** In ms, rounded to a tenth; null when nothing was recorded. `percent`: above 0, up to 100. */
  at(percent: number): number | null {
    if (this.count === 0) return null;
    return Math.round(this.histogram.percentile(percent) / (US_PER_MS / 10)) / 10;
  }

  summary(): StepLatency {
    return { count: this.count, p50Ms: this.at(50) ?? 0, p95Ms: this.at(95) ?? 0, p99Ms: this.at(99) ?? 0 };
  }

  reset(): void {
    this.histogram.reset();
  }
}
