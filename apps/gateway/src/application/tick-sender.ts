import type { Figures, Tick } from '@holdfast/contracts';
import { type Background, type Clock, PeriodicWorker, randomId } from '@holdfast/kernel';
import type { TickCounter } from './tick-counter';

const SEND_EVERY_MS = 1_000;
const TICKS_A_CALL = 1_000;
const UNSENT_MAX = 20_000; // about 5 MB; a minute of three hundred drops

export interface TickSenderParts {
  counter: TickCounter;
  figures: Pick<Figures, 'addTicks'>;
  /** Readers of the live counts at this gateway, by drop. */
  readers: () => Iterable<[dropId: string, readers: number]>;
  clock: Clock;
  onError: (error: unknown) => void;
}

/** Hands the ticks of this gateway on once a second. They are kept while they cannot be sent, and sending one twice changes nothing. */
export class TickSender implements Background {
  private readonly source = `gw_${randomId()}`;
  private readonly worker: PeriodicWorker;
  private unsent: Tick[] = [];

  constructor(private readonly parts: TickSenderParts) {
    const { onError } = parts;
    this.worker = new PeriodicWorker({ everyMs: SEND_EVERY_MS, run: () => this.send(), onError });
  }

  start(): void {
    this.worker.start();
  }

  async stop(): Promise<void> {
    await this.worker.stop();
    await this.send(true).catch(this.parts.onError);
  }

  private async send(all = false): Promise<void> {
    const nowMs = this.parts.clock.now();
    this.unsent.push(...this.withReaders(this.parts.counter.take(nowMs, all), nowMs));
    if (this.unsent.length > UNSENT_MAX) this.unsent = this.unsent.slice(-UNSENT_MAX);
    while (this.unsent.length > 0) {
      const ticks = this.unsent.slice(0, TICKS_A_CALL);
      await this.parts.figures.addTicks({ source: this.source, ticks });
      this.unsent = this.unsent.slice(ticks.length);
    }
  }

  /** Readers are told with the newest tick of their drop; a drop that is only read gets a tick of its own. */
  private withReaders(taken: Omit<Tick, 'readers'>[], nowMs: number): Tick[] {
    const readers = new Map(this.parts.readers());
    const ticks: Tick[] = [];
    for (const tick of taken.reverse()) {
      ticks.push({ ...tick, readers: readers.get(tick.dropId) ?? 0 });
      readers.delete(tick.dropId);
    }
    const second = Math.floor(nowMs / 1_000) - 1;
    for (const [dropId, count] of readers)
      ticks.push({ dropId, second, arrivals: 0, refusals: {}, latencies: {}, readers: count });
    return ticks;
  }
}
