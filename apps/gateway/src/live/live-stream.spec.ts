import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { type ArgumentsHost, Catch, type ExceptionFilter, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import {
  LiveFeed,
  type LiveListener,
  type LiveMessage,
  type ShopperDrop,
  type StockRow,
  StockView,
  type ViewFreshness,
} from '@holdfast/contracts';
import { MERCHANT_QUOTAS, SystemClock } from '@holdfast/kernel';
import { Metrics, SecurityEvents, silentLogger } from '@holdfast/observability';
import { waitFor } from '@holdfast/testing';
import { DropDirectory } from '../application/drop-directory';
import { PROBLEMS } from '@holdfast/contracts';
import { ProblemError } from '../entrypoints/http/problems/problem';
import { LiveController } from './live.controller';
import { LiveHub } from './live-hub';
import { LIVE_SETTINGS, type LiveSettings } from './live-settings';
import { StreamPlaces } from './stream-places';

/** The projector's side: the view, and the feed that tells its changes. */
class Source extends LiveFeed {
  readonly rows = new Map<string, StockRow>();
  drop: ShopperDrop | null = demoDrop();
  staleSince: string | null = null;
  private readonly startedAtMs = Date.now();
  private readonly listeners = new Set<LiveListener>();

  readonly view: StockView = Object.assign(Object.create(StockView.prototype) as StockView, {
    ofDrop: () => Promise.resolve([...this.rows.values()]),
    freshness: (): Promise<ViewFreshness> => Promise.resolve({ staleSince: this.staleSince }),
    catchUp: (_: string, seenAtMs: number) =>
      Promise.resolve(seenAtMs >= this.startedAtMs || this.staleSince === null),
  });

  /** `theirs` is the same drop of another merchant. */
  dropOf(dropId: string): ShopperDrop | null {
    if (dropId === 'theirs') return this.drop && { ...this.drop, id: dropId, merchantId: 'n' };
    return dropId === 'demo' ? this.drop : null;
  }

  publish(message: LiveMessage): Promise<void> {
    for (const listener of this.listeners) listener(message);
    return Promise.resolve();
  }

  override subscribe(listener: LiveListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** As the projector does it: first the view, then the word. */
  set(sku: string, available: number, version: number, tell = true): void {
    const row: StockRow = {
      dropId: 'demo',
      sku,
      total: 10,
      available,
      held: 0,
      sold: 10 - available,
      epoch: 0,
      version,
      asOf: new Date(1_790_000_000_000 + version).toISOString(),
    };
    this.rows.set(sku, row);
    if (tell) void this.publish({ kind: 'stock', dropId: 'demo', rows: [row] });
  }
}

function demoDrop(): ShopperDrop {
  const stock = {
    available: 0,
    held: 0,
    sold: 0,
    total: 0,
    version: 0,
    asOf: new Date(0).toISOString(),
    stale: true,
  };
  const price = { amountMinor: 100, currency: 'EUR' };
  const item = (sku: string) => ({ sku, name: sku, price, imageUrl: null, stock });
  return {
    id: 'demo',
    merchantId: 'm',
    name: 'Demo',
    description: '',
    imageUrl: null,
    state: 'open',
    mode: 'first-come',
    opensAt: null,
    closesAt: null,
    perCustomerLimit: 4,
    holdTtlSeconds: 300,
    stockDisplay: 'exact',
    serverTime: new Date(0).toISOString(),
    items: [item('A'), item('B')],
  };
}

@Catch(ProblemError)
class ProblemFilter implements ExceptionFilter<ProblemError> {
  catch({ problem }: ProblemError, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (problem.retryAfterSeconds) reply.header('retry-after', problem.retryAfterSeconds);
    void reply.code(PROBLEMS[problem.code][0]).send({ code: problem.code });
  }
}

interface Product {
  app: NestFastifyApplication;
  hub: LiveHub;
  url: string;
}

const running: Product[] = [];
const events = new SecurityEvents(silentLogger(), new Metrics());

async function start(
  source: Source,
  settings: Partial<LiveSettings> = {},
  limits: ConstructorParameters<typeof StreamPlaces>[1] = { limits: false, merchantQuotas: null },
): Promise<Product> {
  const directory = { get: (id: string) => Promise.resolve(source.dropOf(id)) };
  const hub = new LiveHub(directory, source.view, source, new SystemClock(), {
    ...LIVE_SETTINGS,
    ...settings,
  });
  const places = new StreamPlaces({ hasPass: () => false }, limits, events);
  @Module({
    controllers: [LiveController],
    providers: [
      { provide: LiveHub, useValue: hub },
      { provide: DropDirectory, useValue: directory },
      { provide: StreamPlaces, useValue: places },
    ],
  })
  class TestModule {}
  const app = await NestFactory.create<NestFastifyApplication>(TestModule, new FastifyAdapter(), {
    logger: false,
  });
  app.useGlobalFilters(new ProblemFilter());
  hub.start();
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const product = { app, hub, url: `http://127.0.0.1:${port}/v1/drops/demo/live` };
  running.push(product);
  return product;
}

afterEach(async () => {
  for (const { app, hub } of running.splice(0)) {
    hub.stop();
    await app.close();
  }
});

interface SseEvent {
  id: number;
  event: string;
  data: {
    items: {
      sku: string;
      available: number;
      version: number;
      stock: { available: number; version: number; stale: boolean };
    }[];
  };
}

/** A reader that keeps the text of its stream. */
class Reader {
  text = '';
  ended = false;
  status = 0;
  headers: http.IncomingHttpHeaders = {};
  private request!: http.ClientRequest;
  private body!: http.IncomingMessage;

  static async open(
    url: string,
    headers: Record<string, string> = {},
    agent: http.Agent | false = false,
  ): Promise<Reader> {
    const reader = new Reader();
    reader.request = http.get(url, { headers, agent });
    reader.request.on('error', () => undefined);
    const [body] = (await once(reader.request, 'response')) as [http.IncomingMessage];
    reader.body = body;
    reader.status = body.statusCode!;
    reader.headers = body.headers;
    body.setEncoding('utf8');
    body.on('data', (chunk: string) => (reader.text += chunk));
    body.on('end', () => (reader.ended = true));
    body.on('error', () => undefined);
    return reader;
  }

  get events(): SseEvent[] {
    return this.text
      .split('\n\n')
      .slice(0, -1)
      .filter((block) => block.includes('event: '))
      .map((block) => {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
        return {
          id: Number(field('id')),
          event: field('event'),
          data: JSON.parse(field('data')) as SseEvent['data'],
        };
      });
  }

  of(event: string): SseEvent[] {
    return this.events.filter((it) => it.event === event);
  }

  /** What this reader believes to be available of a SKU. */
  available(sku: string): number | undefined {
    return this.seen(sku).at(-1)?.available;
  }

  seen(sku: string): { available: number; version: number }[] {
    return this.events.flatMap(({ event, data }) => {
      const item = ['snapshot', 'stock'].includes(event)
        ? data.items.find((it) => it.sku === sku)
        : undefined;
      return item ? [event === 'snapshot' ? item.stock : item] : [];
    });
  }

  snapshotCame(): Promise<unknown> {
    return waitFor('snapshot', () => this.of('snapshot').length > 0);
  }

  pause(): void {
    this.body.pause();
  }

  close(): void {
    this.request.destroy();
  }
}

function filled(): Source {
  const source = new Source();
  source.set('A', 5, 1);
  source.set('B', 5, 1);
  return source;
}

describe('the live stream', () => {
  it('begins with retry and a snapshot, uncompressed and unbuffered', async () => {
    const { url } = await start(filled());
    const reader = await Reader.open(url, { 'accept-encoding': 'gzip, br' });
    await reader.snapshotCame();
    expect(reader.text).toMatch(/^retry: \d+\nevent: snapshot\nid: \d+\ndata: \{"id":"demo"/);
    expect(reader.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    expect(reader.headers['content-encoding']).toBeUndefined();
    expect(reader.seen('A')).toMatchObject([{ available: 5, version: 1, total: 10, stale: false }]);
    reader.close();
  });

  it('tells a change to all readers of the drop, with ids that grow', async () => {
    const source = filled();
    const { url } = await start(source);
    const readers = await Promise.all(Array.from({ length: 20 }, () => Reader.open(url)));
    await Promise.all(readers.map((reader) => reader.snapshotCame()));
    source.set('A', 4, 2);
    source.set('A', 0, 3);
    for (const reader of readers) {
      await waitFor('the end state', () => reader.available('A') === 0);
      const ids = reader.events.map(({ id }) => id);
      expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
      reader.close();
    }
  });

  it('shows a late joiner, and a reader of frames on their way, no version that goes back', async () => {
    const source = filled();
    const { url } = await start(source, { sliceReaders: 1 });
    const readers: Reader[] = [];
    let version = 1;
    const changes = setInterval(() => source.set('A', (version += 1) % 3, version), 1);
    for (let i = 0; i < 60; i += 1) readers.push(await Reader.open(url));
    clearInterval(changes);
    for (const reader of readers) {
      await waitFor('the last version', () => reader.seen('A').at(-1)?.version === version);
      // The last one may come twice: told by the snapshot, and by the frame for those who were there before.
      const versions = reader.seen('A').map((it) => it.version);
      expect(versions).toEqual([...versions].sort((a, b) => a - b));
      reader.close();
    }
  });

  it('waits with the snapshot until the counts of all items are there', async () => {
    const source = new Source();
    source.set('A', 5, 1);
    const { url } = await start(source);
    const opened = Reader.open(url);
    setTimeout(() => source.set('B', 3, 7), 60);
    const reader = await opened;
    await reader.snapshotCame();
    expect(reader.seen('B')).toMatchObject([{ available: 3, version: 7 }]);
    reader.close();
  });

  it('refuses rather than shows zeros when the counts do not come', async () => {
    const source = new Source();
    const { url, hub } = await start(source, { readyWaitMs: 50 });
    const reader = await Reader.open(url);
    expect(reader.status).toBe(503);
    expect(Number(reader.headers['retry-after'])).toBeGreaterThan(0);
    expect(hub.stats().readers).toBe(0);
  });

  it('lets a reader from before a restart wait until the view has caught up', async () => {
    const source = filled(); // the view of a new process, still replaying: older than what the reader saw
    source.staleSince = new Date().toISOString();
    const { url } = await start(source);
    const seen = String((Date.now() - 60_000) * 1_000);
    const opened = Reader.open(url, { 'last-event-id': seen });
    setTimeout(() => {
      source.set('A', 2, 9, false);
      source.staleSince = null;
    }, 60);
    const reader = await opened;
    await reader.snapshotCame();
    expect(reader.seen('A')[0]!.version).toBe(9);
    expect(reader.of('snapshot')[0]!.id).toBeGreaterThan(Number(seen));
    reader.close();
  });

  it('counts on above the id that a reader brings', async () => {
    const { url } = await start(filled());
    const ahead = (Date.now() + 20_000) * 1_000;
    const reader = await Reader.open(url, { 'last-event-id': String(ahead) });
    await reader.snapshotCame();
    expect(reader.of('snapshot')[0]!.id).toBeGreaterThan(ahead);
    reader.close();
  });

  it('shows a reader who comes back also what still waits for its frame: it may have seen it at another gateway', async () => {
    const source = filled();
    const { url } = await start(source, { frameGapMs: 60_000, snapshotAgeMsMax: 60_000 });
    const first = await Reader.open(url);
    await first.snapshotCame();
    source.set('A', 4, 2);
    await waitFor('the frame', () => first.available('A') === 4);
    const second = await Reader.open(url);
    await second.snapshotCame();
    source.set('A', 3, 3); // waits: a frame has just gone out
    const back = await Reader.open(url, { 'last-event-id': String(Date.now() * 1_000) });
    await back.snapshotCame();
    expect(back.seen('A')[0]!.version).toBe(3);
    for (const reader of [first, second, back]) reader.close();
  });

  it('lets a shared view catch up before it lets in who comes back, and refuses when that cannot be', async () => {
    const source = filled();
    let reachable = true;
    const asked: string[] = [];
    const catchUp = async (dropId: string) => {
      asked.push(dropId);
      if (reachable) source.set('A', 1, 7);
      return reachable;
    };
    Object.assign(source.view, { catchUp });
    const { url } = await start(source, { readyWaitMs: 50 });
    const fresh = await Reader.open(url);
    await fresh.snapshotCame();
    expect(asked).toEqual([]);
    const header = { 'last-event-id': String(Date.now() * 1_000) };
    const back = await Reader.open(url, header);
    await back.snapshotCame();
    expect(back.seen('A')[0]!.version).toBe(7);
    reachable = false;
    expect((await Reader.open(url, header)).status).toBe(503);
    for (const reader of [fresh, back]) reader.close();
  });

  it('says when the counts are stale and when they are fresh again', async () => {
    const source = filled();
    const { url } = await start(source);
    const reader = await Reader.open(url);
    await reader.snapshotCame();
    await source.publish({ kind: 'stale', since: '2026-11-22T10:00:00.000Z' });
    const late = await Reader.open(url);
    await late.snapshotCame();
    expect(late.of('snapshot')[0]!.data.items[0]!.stock.stale).toBe(true);
    await source.publish({ kind: 'fresh' });
    await waitFor('fresh', () => reader.of('fresh').length === 1 && late.of('fresh').length === 1);
    expect(reader.of('stale')[0]!.data).toEqual({ since: '2026-11-22T10:00:00.000Z' });
    reader.close();
    late.close();
  });

  it('says that the drop changed, and sends the whole drop when its items did', async () => {
    const source = filled();
    const { url } = await start(source);
    const reader = await Reader.open(url);
    await reader.snapshotCame();
    source.drop = { ...demoDrop(), state: 'paused' };
    await source.publish({ kind: 'drop', dropId: 'demo', revision: 2 });
    await waitFor('drop', () => reader.of('drop').length === 1);
    expect(reader.of('drop')[0]!.data).toMatchObject({ id: 'demo', state: 'paused' });
    source.set('C', 1, 1);
    source.drop = { ...source.drop, items: [...source.drop.items, { ...source.drop.items[0]!, sku: 'C' }] };
    await source.publish({ kind: 'drop', dropId: 'demo', revision: 3 });
    await waitFor('second snapshot', () => reader.of('snapshot').length === 2);
    expect(reader.available('C')).toBe(1);
    reader.close();
  });

  it('makes no snapshot anew for a sale that shoppers do not see: its time would tell of it', async () => {
    const source = filled();
    source.drop = { ...source.drop!, stockDisplay: 'bands' };
    const { url } = await start(source, { snapshotAgeMsMax: 60_000 });
    const timeSeen = async () => {
      const reader = await Reader.open(url, { 'last-event-id': String(Date.now() * 1_000) });
      await reader.snapshotCame();
      readers.push(reader);
      return (reader.of('snapshot')[0]!.data as unknown as { serverTime: string }).serverTime;
    };
    const readers: Reader[] = [];
    const before = await timeSeen();
    source.set('A', 4, 2);
    await waitFor('another time', () => new Date().toISOString() > before);
    expect(await timeSeen()).toBe(before);
    source.set('A', 2, 3);
    await waitFor('the band', () => readers[0]!.of('stock').length === 1);
    expect(await timeSeen()).not.toBe(before);
    for (const reader of readers) reader.close();
  });

  it('sends the whole drop when the merchant hides the numbers, and none of them though rows of before still come', async () => {
    const source = filled();
    const { url } = await start(source);
    const reader = await Reader.open(url);
    await reader.snapshotCame();
    source.drop = { ...source.drop!, stockDisplay: 'bands' };
    await source.publish({ kind: 'drop', dropId: 'demo', revision: 2 });
    await waitFor('a snapshot', () => reader.of('snapshot').length === 2);
    source.set('A', 4, 2);
    source.set('A', 2, 3);
    await waitFor('the band', () => reader.of('stock').length === 1);
    source.set('A', 0, 4);
    await waitFor('the end', () => reader.of('stock').length === 2);
    const told = reader.events.slice(1).map(({ data }) => JSON.stringify(data));
    expect(told.filter((text) => /available|held|"sold"|total/.test(text))).toEqual([]);
    expect(reader.of('stock').map(({ data }) => (data as { items: unknown }).items)).toEqual([
      [{ sku: 'A', band: 'last', version: 3 }],
      [{ sku: 'A', band: 'none', version: 4 }],
    ]);
    reader.close();
  });

  it('mends at the second heartbeat what the feed has lost', async () => {
    const source = filled();
    const { url } = await start(source, { heartbeatMs: 40 });
    const reader = await Reader.open(url);
    await reader.snapshotCame();
    source.set('A', 1, 2, false);
    await waitFor('the lost change', () => reader.available('A') === 1);
    expect(reader.of('heartbeat').length).toBeGreaterThanOrEqual(2);
    reader.close();
  });

  it('ends by itself after ?for= seconds, in order', async () => {
    const { url, hub } = await start(filled());
    const reader = await Reader.open(`${url}?for=0.2`);
    expect(reader.status).toBe(200);
    await waitFor('end', () => reader.ended);
    await waitFor('freed', () => hub.stats().readers === 0 && hub.stats().drops === 0);
  });

  it('writes nothing more once it has ended, on a connection that the client would use again', async () => {
    const source = filled();
    const { url, hub } = await start(source);
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const reader = await Reader.open(`${url}?for=0.1`, {}, agent);
    await waitFor('end', () => reader.ended);
    const next = Reader.open(url.replace('demo', 'other'), {}, agent);
    source.set('A', 0, 2);
    expect((await next).status).toBe(404);
    await waitFor('the end of that answer', async () => (await next).ended);
    expect((await next).text).toBe('{"code":"not-found"}');
    await waitFor('freed', () => hub.stats().readers === 0 && hub.stats().drops === 0);
    agent.destroy();
  });

  it.each(['?for=0', '?for=-1', '?for=abc', '?for=', '?for=1&for=2'])('refuses %s', async (query) => {
    const { url } = await start(filled());
    expect((await Reader.open(url + query)).status).toBe(400);
  });

  it('knows only drops that are there', async () => {
    const { url } = await start(filled());
    expect((await Reader.open(url.replace('demo', 'other'))).status).toBe(404);
  });

  it('answers HEAD without a stream', async () => {
    const { url, hub } = await start(filled());
    const answer = await fetch(url, { method: 'HEAD' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect((await fetch(url.replace('demo', 'other'), { method: 'HEAD' })).status).toBe(404);
    expect(hub.stats().readers).toBe(0);
  });

  it('refuses a reader beyond its bound, and has room again when one leaves', async () => {
    const { url, hub } = await start(filled(), { readersMax: 2 });
    const [first] = [await Reader.open(url), await Reader.open(url)];
    const third = await Reader.open(url);
    expect(third.status).toBe(503);
    expect(Number(third.headers['retry-after'])).toBeGreaterThan(0);
    first.close();
    await waitFor('room', () => hub.stats().readers === 1);
    expect((await Reader.open(url)).status).toBe(200);
  });

  it('refuses a reader beyond the quota of the merchant, and none of another one', async () => {
    const limits = { limits: true, merchantQuotas: { ...MERCHANT_QUOTAS, readers: 2 } };
    const { url, hub } = await start(filled(), {}, limits);
    const [first] = [await Reader.open(url), await Reader.open(url)];
    const refused = await Reader.open(url);
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '5']);
    expect(refused.headers.ratelimit).toBe('"merchant-streams";r=0;t=5');
    expect((await Reader.open(url.replace('demo', 'theirs'))).status).toBe(200);
    first.close();
    await waitFor('room', () => hub.stats().readers === 2);
    expect((await Reader.open(url)).status).toBe(200);
  });

  it("gives a merchant who is alone nearly all places, and three quarters beside another one's readers", async () => {
    const limits = { limits: true, merchantQuotas: MERCHANT_QUOTAS };
    const { url, hub } = await start(filled(), { readersMax: 5 }, limits);
    const theirs = url.replace('demo', 'theirs');
    const own = [];
    for (let n = 0; n < 5; n += 1) own.push(await Reader.open(url));
    expect(own.map(({ status }) => status)).toEqual([200, 200, 200, 200, 429]);
    expect((await Reader.open(theirs)).status).toBe(200);
    own[0]!.close();
    await waitFor('room', () => hub.stats().readers === 4);
    expect((await Reader.open(url)).status).toBe(429);
    expect((await Reader.open(theirs)).status).toBe(200);
  });

  it('frees a reader that goes away at once', async () => {
    const { url, hub } = await start(filled());
    const readers = await Promise.all(Array.from({ length: 50 }, () => Reader.open(url)));
    expect(hub.stats()).toMatchObject({ readers: 50, drops: 1 });
    for (const reader of readers) reader.close();
    await waitFor('freed', () => hub.stats().readers === 0 && hub.stats().drops === 0, { deadlineMs: 2_000 });
  });

  it('drops a reader that does not read, and serves the others', async () => {
    const source = filled();
    const big = { ...source.drop!.items[0]!, sku: 'BIG', name: 'x'.repeat(200) };
    source.drop = {
      ...source.drop!,
      items: [...source.drop!.items, ...Array.from({ length: 400 }, (_, i) => ({ ...big, sku: `S${i}` }))],
    };
    for (let i = 0; i < 400; i += 1) source.set(`S${i}`, 5, 1);
    const { url, hub } = await start(source, { backlogBytesMax: 16 * 1024 });
    const slow = await Reader.open(url);
    const quick = await Reader.open(url);
    slow.pause();
    let version = 1;
    const publish = () => {
      version += 1;
      // All items cross zero at once: a long frame each time. What the kernel takes for the slow one, some megabytes, has to be filled first.
      void source.publish({
        kind: 'stock',
        dropId: 'demo',
        rows: [...source.rows.values()].map((row) => ({ ...row, available: version % 2 ? 5 : 0, version })),
      });
      return hub.stats().readers === 1;
    };
    await waitFor('the slow one dropped', publish, { deadlineMs: 60_000, everyMs: 5 });
    expect(hub.stats().slowReaders).toBe(1);
    await waitFor('the quick one is up to date', () => quick.seen('S7').at(-1)?.version === version);
    quick.close();
  });

  it('drops a reader that takes nothing, though nothing more is sent to it', async () => {
    const source = filled();
    // More than the kernel takes for it.
    source.drop = { ...source.drop!, description: 'x'.repeat(16 * 1024 * 1024) };
    const { url, hub } = await start(source, { heartbeatMs: 50, stalledMsMax: 200 });
    const { port } = new URL(url);
    const silent = net.connect(Number(port), '127.0.0.1').pause();
    silent.on('error', () => undefined);
    silent.write('GET /v1/drops/demo/live HTTP/1.1\r\nhost: x\r\n\r\n');
    await waitFor('the reader', () => hub.stats().readers === 1);
    await waitFor('the reader dropped', () => hub.stats().readers === 0);
    expect(hub.stats().slowReaders).toBe(1);
    silent.destroy();
  });

  it('serves HTTP/1.0 without chunks', async () => {
    const { url } = await start(filled());
    const { port } = new URL(url);
    const socket = net.connect(Number(port), '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.write('GET /v1/drops/demo/live?for=0.2 HTTP/1.0\r\n\r\n');
    await once(socket, 'close');
    expect(text).toMatch(/\r\n\r\nretry: \d+\nevent: snapshot\n/);
    expect(text.toLowerCase()).not.toContain('transfer-encoding');
  });

  it('tells all readers to come back, at different times, when the product ends', async () => {
    const { url, hub } = await start(filled());
    const readers = await Promise.all(Array.from({ length: 30 }, () => Reader.open(url)));
    await Promise.all(readers.map((reader) => reader.snapshotCame()));
    hub.stop();
    await waitFor('all ended', () => readers.every((reader) => reader.ended));
    const retries = readers.map((reader) => /retry: (\d+)\n\n$/.exec(reader.text)?.[1]);
    expect(new Set(retries).size).toBe(30);
    expect((await Reader.open(url)).status).toBe(503);
  });
});
