import { Latencies } from './latencies';
import type { LoadSecond } from './load-result';

/** What is known of a second that may still get notes. */
export class OpenSecond {
  offered = 0;
  held = 0;
  paid = 0;
  refused = 0;
  errors = 0;
  readonly hold = new Latencies();
  readonly pay = new Latencies();
  readonly age = new Latencies();
  readonly late = new Latencies();

  constructor(readonly second: number) {}

  closed(): LoadSecond {
    const { second, offered, held, paid, refused, errors, hold, pay, age } = this;
    return {
      ...{ second, offered, held, paid, refused, errors },
      holdP50Ms: hold.at(50),
      holdP99Ms: hold.at(99),
      payP99Ms: pay.at(99),
      liveAgeMs: age.at(99),
    };
  }
}
