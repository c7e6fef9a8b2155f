import { waitFor } from '@holdfast/testing';

export interface LaunchEvent {
  event: string;
  atMs: number;
  data: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- each test says what it expects
}

/** A merchant's page that watches a launch, as far as the stream is concerned. */
export class LaunchWatcher {
  readonly events: LaunchEvent[] = [];
  closed = false;
  private readonly stop = new AbortController();

  private constructor(readonly status: number) {}

  /** Resolves when the answer has begun. */
  static async open(url: string, dropId: string, token: string): Promise<LaunchWatcher> {
    const stop = new AbortController();
    const answer = await fetch(`${url}/v1/admin/drops/${dropId}/live`, {
      headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
      signal: stop.signal,
    });
    const watcher = new LaunchWatcher(answer.status);
    watcher.stop.signal.addEventListener('abort', () => stop.abort());
    if (answer.status === 200) void watcher.read(answer.body!);
    else await answer.body?.cancel();
    return watcher;
  }

  of(event: string): LaunchEvent[] {
    return this.events.filter((it) => it.event === event);
  }

  /** The first event of this kind that is as wanted. */
  async next(event: string, wanted: (data: LaunchEvent['data']) => boolean = () => true) {
    const find = () => this.of(event).find(({ data }) => wanted(data));
    return (await waitFor(`${event} on the stream of the launch`, find)) as LaunchEvent;
  }

  close(): void {
    this.stop.abort();
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for await (const bytes of body) {
        const blocks = (rest + decoder.decode(bytes, { stream: true })).split('\n\n');
        rest = blocks.pop()!;
        for (const block of blocks) this.take(block);
      }
    } catch {
      // Closed by either side.
    }
    this.closed = true;
  }

  private take(block: string): void {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
    const event = field('event');
    if (event !== undefined)
      this.events.push({ event, atMs: Date.now(), data: JSON.parse(field('data') ?? 'null') });
  }
}
