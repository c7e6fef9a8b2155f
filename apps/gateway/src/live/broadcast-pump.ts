import type { LiveFrame } from './live-frame';
import type { LiveReader } from './live-reader';

/** Runs `work` in the next turn of the event loop, after pending I/O. */
export type NextTurn = (work: () => void) => void;

interface Job {
  frame: LiveFrame;
  readers: LiveReader[];
  next: number;
  onSlow: () => void;
  done: () => void;
}

/**
 * Writes frames to readers in slices, one slice in each turn of the event loop, alternating between drops: thousands of readers of one drop delay
 * neither requests nor the readers of another drop.
 */
export class BroadcastPump {
  private readonly jobs: Job[] = [];
  private running = false;

  constructor(
    private readonly sliceReaders: number,
    private readonly nextTurn: NextTurn = setImmediate,
  ) {}

  /** Writes the first slice at once, and calls `done` at the end. Frames of one drop must be sent sequentially. */
  run(frame: LiveFrame, readers: Iterable<LiveReader>, onSlow: () => void, done: () => void): void {
    this.jobs.push({ frame, readers: [...readers], next: 0, onSlow, done });
    if (this.running) return;
    this.running = true;
    this.turn();
  }

  private readonly turn = (): void => {
    const job = this.jobs.shift();
    if (!job) {
      this.running = false;
      return;
    }
    const end = Math.min(job.next + this.sliceReaders, job.readers.length);
    for (; job.next < end; job.next += 1) if (!job.readers[job.next]!.send(job.frame)) job.onSlow();
    if (job.next < job.readers.length) this.jobs.push(job);
    else job.done();
    if (this.jobs.length === 0) this.running = false;
    else this.nextTurn(this.turn);
  };
}
