import { type Figures, READERS_SLOT_SECONDS, type Tick } from '@holdfast/contracts';
import { type Background, type Clock, PeriodicWorker, randomId } from '@holdfast/kernel';
import type { TickCounter } from './tick-counter';

const SEND_EVERY_MS = 1_000;
const TICKS_A_CALL = 1_000;
const UNSENT_MAX = 20_000; // about 5 MB; a minute of three hundred drops
/**
 * Readers that come and go in a drop in which nobody buys are told that often at most: with `READERS_SLOT_SECONDS` a
 * drop that is only read has 2,880 to 17,280 ticks a day of a gateway instead of 86,400.
 */
const READERS_TOLD_SECONDS_MIN = 5;

export interface TickSenderParts {
  counter: TickCounter;
  figures: Pick<Figures, 'addTicks'>;
  /** Readers of the live counts at this gateway, by drop. */
  readers: () => Iterable<[dropId: string, readers: number]>;
  clock: Clock;
  onError: (error: unknown) => void;
}

/**
 * Hands the ticks of this gateway on once a second. They are kept while they cannot be sent, and sending one twice
 * changes nothing. A second in which nothing was answered has a tick only to tell how many read the drop now.
 */
export class TickSender implements Background {
  private readonly source = `gw_${randomId()}`;
  private readonly worker: PeriodicWorker;
  private unsent: Tick[] = [];
  /** What was told last of drops that are read here. */
  private readonly told = new Map<string, Told>();

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

  /** `all`: of the second that goes on, too. Rejects if they could not be sent; they are kept then. */
  async send(all = false): Promise<void> {
    const nowMs = this.parts.clock.now();
    const taken = this.parts.counter.take(nowMs, all);
    const readers = new Map(all ? [] : this.parts.readers());
    // The end tells at once that nobody reads here any more.
    const turn = all
      ? { second: secondOf(nowMs), pause: 1 }
      : { second: secondOf(nowMs) - 1, pause: READERS_TOLD_SECONDS_MIN };
    this.unsent.push(...this.withReaders(taken, readers), ...this.readersAlone(readers, turn));
    if (this.unsent.length > UNSENT_MAX) this.unsent = this.unsent.slice(-UNSENT_MAX);
    while (this.unsent.length > 0) {
      const ticks = this.unsent.slice(0, TICKS_A_CALL);
      await this.parts.figures.addTicks({ source: this.source, ticks });
      this.unsent = this.unsent.slice(ticks.length);
    }
  }

  private withReaders(taken: Omit<Tick, 'readers'>[], readers: ReadonlyMap<string, number>): Tick[] {
    return taken.map((tick) => {
      const { dropId, second } = tick;
      const now = readers.get(dropId) ?? 0;
      if (now > 0 || this.told.has(dropId)) this.told.set(dropId, { second, readers: now });
      return { ...tick, readers: now };
    });
  }

  /** Ticks of drops whose readers have to be told, and that have no other tick for it. */
  private readersAlone(readers: ReadonlyMap<string, number>, turn: Turn): Tick[] {
    const ticks: Tick[] = [];
    for (const dropId of new Set([...readers.keys(), ...this.told.keys()])) {
      const now = readers.get(dropId) ?? 0;
      const second = secondToTell(this.told.get(dropId), now, turn);
      if (second === 'forget') this.told.delete(dropId);
      if (typeof second !== 'number') continue;
      this.told.set(dropId, { second, readers: now });
      ticks.push({ dropId, second, arrivals: 0, refusals: {}, latencies: {}, readers: now });
    }
    return ticks;
  }
}

interface Told {
  second: number;
  readers: number;
}

/** `second`: the last one that is over; `pause`: seconds between two ticks of a drop in one slot. */
interface Turn {
  second: number;
  pause: number;
}

const secondOf = (ms: number) => Math.floor(ms / 1_000);

/** Null: what was told still holds, or it is too soon for another tick. */
function secondToTell(told: Told | undefined, readers: number, turn: Turn): number | 'forget' | null {
  if (!told) return readers === 0 ? null : turn.second;
  const slot = turn.second - (turn.second % READERS_SLOT_SECONDS);
  // Of another slot, whose end ended what was told; also after the clock was set back.
  if (told.second < slot || told.second >= slot + READERS_SLOT_SECONDS) {
    if (readers === 0 && told.readers === 0) return 'forget';
    // The same readers as before have been there since the slot began.
    return readers === told.readers ? slot : turn.second;
  }
  const isTime = turn.second >= told.second + turn.pause;
  return readers !== told.readers && isTime ? turn.second : null;
}
