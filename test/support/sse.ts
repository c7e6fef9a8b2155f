import http from 'node:http';

/** What one reader of live counts has seen. Keeps no text: a thousand of them fit into a test. */
export class SseReader {
  readonly versions = new Map<string, number>();
  readonly available = new Map<string, number>();
  readonly events = new Map<string, number>();
  lastId = 0;
  ended = false;
  /** What must never happen, in words. */
  readonly faults: string[] = [];
  private rest = '';
  private request: http.ClientRequest | undefined;

  constructor(
    /** Where it goes next time it opens. */
    public url: string,
  ) {}

  /** Resolves with the status when the answer has begun. Comes back with what it has seen last, as browsers do. */
  open(): Promise<number> {
    this.ended = false;
    this.rest = '';
    const headers = {
      accept: 'text/event-stream',
      ...(this.lastId ? { 'last-event-id': String(this.lastId) } : {}),
    };
    return new Promise((resolve, reject) => {
      this.request = http.get(this.url, { agent: false, headers }, (response) => {
        response.setEncoding('utf8');
        response.on('data', (text: string) => this.take(text));
        response.on('close', () => (this.ended = true));
        response.on('error', () => undefined);
        resolve(response.statusCode ?? 0);
      });
      this.request.on('error', reject);
    });
  }

  close(): void {
    this.request?.destroy();
  }

  private take(text: string): void {
    const blocks = (this.rest + text).split('\n\n');
    this.rest = blocks.pop()!;
    for (const block of blocks) this.takeEvent(block);
  }

  private takeEvent(block: string): void {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
    const event = field('event');
    const id = Number(field('id') ?? NaN);
    if (id <= this.lastId) this.faults.push(`id ${id} after ${this.lastId}`);
    if (!Number.isNaN(id)) this.lastId = id;
    if (event === undefined) return;
    this.events.set(event, (this.events.get(event) ?? 0) + 1);
    if (event !== 'snapshot' && event !== 'stock') return;
    const { items } = JSON.parse(field('data')!) as {
      items: ({ sku: string } & Counts & { stock?: Counts })[];
    };
    for (const item of items) this.takeCounts(item.sku, item.stock ?? item);
  }

  private takeCounts(sku: string, { available, version }: Counts): void {
    const known = this.versions.get(sku) ?? 0;
    if (version < known) this.faults.push(`${sku}: version ${version} after ${known}`);
    this.versions.set(sku, version);
    this.available.set(sku, available);
  }
}

interface Counts {
  available: number;
  version: number;
}
