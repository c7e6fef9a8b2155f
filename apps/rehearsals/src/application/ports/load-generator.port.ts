import type { LoadResult, LoadSecond } from '@holdfast/load';
import type { RehearsalProfile } from '@holdfast/contracts';

/** One run of shoppers against one ghost. */
export interface Load {
  scenario: RehearsalProfile | 'rate' | 'replay';
  url: string;
  ghostId: string;
  units: number;
  shoppers: number;
  seconds: number;
  perSecond?: number;
  arrivals?: readonly number[];
  watchers: number;
  seed: number;
  /** The pass that the shoppers carry. */
  pass: string;
}

export interface LoadOptions {
  /** Aborted: the shoppers stop within 3 s, and `runLoad` rejects. */
  signal: AbortSignal;
  onSecond?: (second: LoadSecond) => void;
}

/** Sends shoppers. */
export abstract class LoadGenerator {
  /**
   * Makes it ready. The first time on a machine that can take minutes: rejects when it takes longer than a rehearsal can wait, goes on by itself, and
   * is ready for a later one. Rejects with what to do.
   */
  abstract prepare(signal: AbortSignal, say: (line: string) => void): Promise<void>;
  abstract run(load: Load, options: LoadOptions): Promise<LoadResult>;
  /** Removes what the runs have written. */
  abstract clean(): Promise<void>;
  /** Ends what `prepare` left under way. */
  abstract close(): void;
}
