import { setTimeout as pause } from 'node:timers/promises';
import { SseReader } from '../sse';

// What browsers wait before they come back is told by the server; this is only so that a refused one does not spin.
const COME_BACK_MS = 200;
const READ_EVERY_MS = 20;

/** Readers of live counts who come back by themselves, and others who read pages, while services come and go. */
export class StrictReaders {
  readonly live: SseReader[] = [];
  /** Answers that nobody may get, in words. */
  readonly faults: string[] = [];
  reads = 0;
  putOff = 0;
  /** Times a live reader came back. */
  returns = 0;
  private readonly ended = new AbortController();
  private running: Promise<void>[] = [];

  constructor(
    private readonly url: string,
    private readonly dropId: string,
  ) {}

  async start(liveReaders: number, pageReaders: number): Promise<void> {
    const address = `${this.url}/v1/drops/${this.dropId}/live`;
    for (let i = 0; i < liveReaders; i += 1) this.live.push(new SseReader(address));
    const opened = await Promise.all(this.live.map((reader) => reader.open()));
    if (opened.some((status) => status !== 200)) throw new Error(`live readers: ${opened.join()}`);
    this.running = [
      ...this.live.map((reader) => this.stay(reader)),
      ...Array.from({ length: pageReaders }, () => this.readPages()),
    ];
  }

  async stop(): Promise<void> {
    this.ended.abort();
    for (const reader of this.live) reader.close();
    await Promise.all(this.running);
    this.faults.push(...this.live.flatMap(({ faults }) => faults));
  }

  private get isOver(): boolean {
    return this.ended.signal.aborted;
  }

  private async stay(reader: SseReader): Promise<void> {
    while (!this.isOver) {
      await pause(COME_BACK_MS * (0.5 + Math.random()));
      if (!reader.ended || this.isOver) continue;
      const status = await reader.open().catch(() => 0);
      if (status === 200) this.returns += 1;
      else {
        reader.ended = true;
        if (status !== 503) this.faults.push(`live: ${status}`);
        this.putOff += 1;
      }
    }
  }

  private async readPages(): Promise<void> {
    while (!this.isOver) {
      await pause(READ_EVERY_MS);
      const path = Math.random() < 0.5 ? `/v1/drops/${this.dropId}` : '/v1/drops?state=open';
      try {
        const answer = await fetch(this.url + path, { signal: AbortSignal.timeout(10_000) });
        const text = await answer.text();
        this.reads += 1;
        if (answer.status === 200) continue;
        this.putOff += 1;
        if (answer.status !== 503 || !answer.headers.has('retry-after'))
          this.faults.push(`${path}: ${answer.status} ${text.slice(0, 200)}`);
      } catch (error) {
        this.faults.push(`${path}: ${String(error)} ${String((error as Error).cause ?? '')}`);
      }
    }
  }
}
