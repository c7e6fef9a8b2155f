interface ShownItem {
  sku: string;
  version?: number;
  stock?: { version: number; band?: string; asOf: string };
  band?: string;
  soldOut?: boolean;
}

/** Numbers that have nothing to do with how many units there are. */
const HARMLESS = new Set([
  'version',
  'amountMinor',
  'perCustomerLimit',
  'holdTtlSeconds',
  'itemCount',
  'quantity',
  'status',
]);

/**
 * Reads all that shoppers are sent of drops whose numbers they may not see, and notes each number in it, each version that stands for two things
 * or for two times, and each one that goes back.
 */
export class LeakWatch {
  /** What must never happen, in words. */
  readonly leaks: string[] = [];
  /** What was shown of each SKU (`totals`: of all together), by version. */
  readonly shown = new Map<string, Map<number, string>>();
  readonly tags = new Set<string>();
  private readonly times = new Map<string, string>();
  private readonly newest = new Map<string, number>();

  /** `where` names the way by which it came: on each, versions only grow. */
  json(where: string, text: string, tag?: string | null): void {
    if (tag) this.tags.add(tag);
    const body = JSON.parse(text) as Body;
    this.walk(where, '', body);
    const drops = 'nextCursor' in body ? (body.items as unknown as Body[]) : [body];
    for (const { items = [], totals, soldOut } of drops) {
      for (const item of items) this.item(where, item);
      if (totals)
        this.item(where, { sku: 'totals', stock: totals, ...(soldOut === undefined ? {} : { soldOut }) });
    }
  }

  /** What was shown of a SKU, in the order of versions. */
  history(sku: string): string[] {
    return [...(this.shown.get(sku) ?? [])].sort(([a], [b]) => a - b).map(([, what]) => what);
  }

  private item(where: string, { sku, soldOut, ...item }: ShownItem): void {
    const { version, band } = item.stock ?? item;
    if (version === undefined) return void this.leaks.push(`${where}: ${sku} has no version`);
    this.same(where, this.shownOf(sku), version, band ?? (soldOut ? 'none' : 'some'));
    if (item.stock) this.same(where, this.times, `${sku} ${version}`, item.stock.asOf);
    const last = this.newest.get(`${where} ${sku}`) ?? 0;
    if (version < last) this.leaks.push(`${where}: ${sku} has version ${version} after ${last}`);
    this.newest.set(`${where} ${sku}`, version);
  }

  private shownOf(sku: string): Map<number, string> {
    const known = this.shown.get(sku) ?? new Map<number, string>();
    this.shown.set(sku, known);
    return known;
  }

  private same<K>(where: string, known: Map<K, string>, key: K, what: string): void {
    const before = known.get(key) ?? what;
    if (before !== what) this.leaks.push(`${where}: version ${String(key)} is ${what} and was ${before}`);
    known.set(key, before);
  }

  private walk(where: string, key: string, value: unknown): void {
    if (typeof value === 'number' && !HARMLESS.has(key)) this.leaks.push(`${where}: ${key} is ${value}`);
    if (typeof value !== 'object' || value === null) return;
    for (const [name, inside] of Object.entries(value))
      this.walk(where, Array.isArray(value) ? key : name, inside);
  }
}

interface Body {
  items?: ShownItem[];
  nextCursor?: string | null;
  totals?: NonNullable<ShownItem['stock']>;
  soldOut?: boolean;
}

/** The events of a live stream, read until it is closed. */
export class LeakStream {
  readonly events: { id: string | undefined; event: string; data: string }[] = [];
  private readonly end = new AbortController();
  private reading: Promise<void> = Promise.resolve();

  constructor(private readonly url: string) {}

  async open(): Promise<void> {
    const answer = await fetch(this.url, { signal: this.end.signal });
    if (answer.status !== 200) throw new Error(`the stream answered ${answer.status}`);
    this.reading = this.read(answer).catch(() => undefined);
  }

  async close(): Promise<void> {
    this.end.abort();
    await this.reading;
  }

  of(event: string): string[] {
    return this.events.filter((it) => it.event === event).map(({ data }) => data);
  }

  private async read(answer: Response): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const bytes of answer.body as unknown as AsyncIterable<Uint8Array>) {
      const blocks = (rest + decoder.decode(bytes, { stream: true })).split('\n\n');
      rest = blocks.pop()!;
      for (const block of blocks) this.take(block);
    }
  }

  private take(block: string): void {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
    this.events.push({ id: field('id'), event: field('event') ?? '', data: field('data') ?? 'null' });
  }
}
