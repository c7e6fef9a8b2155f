import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How a shop breaks its promises. None of them: it keeps all. */
export interface Lies {
  /** Gives each hold although nothing is left. */
  sellsTooMuch?: boolean;
  /** Every n-th hold is answered with 500. */
  failsEvery?: number;
  /** Every n-th hold is placed, and its connection is cut before the answer. No lie: it happens. */
  losesEvery?: number;
  /** Every n-th hold is refused with 503, once. */
  busyEvery?: number;
  /** … without saying when to come back. */
  busyForGood?: boolean;
  showsOldVersions?: boolean;
  countsDoNotAddUp?: boolean;
  /** Makes a new hold for a key that it knows. */
  forgetsKeys?: boolean;
  /** Serves a guest whose token it never gave. */
  takesForgedTokens?: boolean;
}

const SKU = 'LIE';

/** A shop just large enough for a load run, which lies when it is told to: so that the run is seen to notice. */
export class LyingShop {
  readonly dropId = 'dliar000';
  /** Every hold that was placed, by its id. */
  readonly holds = new Map<string, { units: number; state: 'held' | 'confirmed' | 'released' }>();
  /** What shoppers wanted, by their keys: `K-hold-1: 2`, `K-order-1: tok_ok`. */
  readonly wanted = new Set<string>();
  /** The pass and the invented address of each request that had a pass. */
  readonly passes = new Set<string>();
  readonly addresses = new Set<string>();
  private readonly tokens = new Set<string>();
  private readonly byKey = new Map<string, { id: string; units: number }>();
  private readonly refusedOnce = new Set<string>();
  private asked = 0;
  private version = 1;
  private readonly server: Server;

  private constructor(
    private readonly units: number,
    private readonly lies: Lies,
  ) {
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  static async open(units: number, lies: Lies): Promise<LyingShop> {
    const shop = new LyingShop(units, lies);
    await new Promise<void>((ready) => shop.server.listen(0, '127.0.0.1', ready));
    return shop;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    return new Promise((closed) => {
      this.server.close(() => closed());
      this.server.closeAllConnections();
    });
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const path = request.url ?? '';
    const key = String(request.headers['idempotency-key'] ?? '');
    this.notePass(request);
    if (path === '/v1/sessions') return this.welcome(response);
    if (path.endsWith('/live')) return this.showLive(response);
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    if (key !== '' && !this.tokens.has(token) && !this.lies.takesForgedTokens)
      return problem(response, 401, 'unauthenticated');
    if (path.endsWith('/holds')) return this.place(request, response, key, text);
    if (path === '/v1/orders') return this.pay(response, key, text);
    if (path.startsWith('/v1/holds/')) return this.release(response, path.split('/').pop() ?? '');
    send(response, 200, this.drop());
  }

  private welcome(response: ServerResponse): void {
    const accessToken = `guest.${this.tokens.size}.signed`;
    this.tokens.add(accessToken);
    send(response, 201, { accessToken });
  }

  private notePass({ headers }: IncomingMessage): void {
    const pass = headers['holdfast-rehearsal'];
    if (pass === undefined) return;
    this.passes.add(String(pass));
    this.addresses.add(String(headers['holdfast-rehearsal-address']));
  }

  private place(request: IncomingMessage, response: ServerResponse, key: string, text: string): void {
    const { losesEvery, failsEvery, busyEvery, busyForGood, forgetsKeys, sellsTooMuch } = this.lies;
    const { lines } = JSON.parse(text) as { lines: { quantity: number }[] };
    const units = lines[0]!.quantity;
    const known = this.byKey.get(key);
    if (known && !forgetsKeys)
      return known.units === units
        ? this.answerHold(response, known.id, { 'idempotent-replayed': 'true' })
        : problem(response, 422, 'idempotency-key-reused');
    this.wanted.add(`${key}: ${units}`);
    this.asked += 1;
    const turn = (every: number | undefined) => every !== undefined && this.asked % every === 0;
    if (turn(failsEvery)) return problem(response, 500, 'internal-error');
    if (turn(busyEvery) && !this.refusedOnce.has(key)) {
      this.refusedOnce.add(key);
      return problem(response, 503, 'temporarily-unavailable', busyForGood ? {} : { 'retry-after': '1' });
    }
    if (this.taken() + units > this.units && !sellsTooMuch) return problem(response, 409, 'sold-out');
    const id = `${this.dropId}-h${this.holds.size}`;
    this.holds.set(id, { units, state: 'held' });
    this.byKey.set(key, { id, units });
    this.version += 1;
    // In the middle of the first line: nothing at all would be asked for again by k6's own HTTP client, unseen by the scenario.
    if (turn(losesEvery)) return void request.socket.end('HTTP/1.1 201 Cre');
    this.answerHold(response, id);
  }

  private answerHold(response: ServerResponse, id: string, headers = {}): void {
    send(response, 201, { id, expiresAt: new Date(Date.now() + 60_000).toISOString() }, headers);
  }

  private pay(response: ServerResponse, key: string, text: string): void {
    const { holdId, payment } = JSON.parse(text) as { holdId: string; payment: { token: string } };
    this.wanted.add(`${key}: ${payment.token}`);
    if (payment.token === 'tok_declined') return problem(response, 402, 'payment-declined');
    this.end(holdId, 'confirmed');
    send(response, 201, { id: `o-${holdId}`, state: 'paid', total: { amountMinor: 100, currency: 'EUR' } });
  }

  private release(response: ServerResponse, id: string): void {
    this.end(id, 'released');
    response.writeHead(204).end();
  }

  private end(id: string, state: 'confirmed' | 'released'): void {
    const hold = this.holds.get(id);
    if (hold) hold.state = state;
    this.version += 1;
  }

  private taken(): number {
    return [...this.holds.values()].reduce((sum, it) => sum + (it.state === 'released' ? 0 : it.units), 0);
  }

  private counts(version: number) {
    const held = this.taken();
    const available = Math.max(0, this.units - held) + (this.lies.countsDoNotAddUp ? 1 : 0);
    return { available, held: this.units - Math.max(0, this.units - held), sold: 0, version };
  }

  private drop() {
    return {
      id: this.dropId,
      items: [{ sku: SKU, stock: { ...this.counts(this.version), total: this.units } }],
    };
  }

  private showLive(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    let id = 0;
    const event = (type: string, data: object) =>
      response.write(`id: ${(id += 1)}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
    event('snapshot', this.drop());
    const timer = setInterval(() => {
      const version = this.lies.showsOldVersions && id % 5 === 0 ? 1 : this.version;
      event('stock', { items: [{ sku: SKU, ...this.counts(version) }], asOf: new Date().toISOString() });
    }, 100);
    response.on('close', () => clearInterval(timer));
  }
}

function send(response: ServerResponse, status: number, body: object, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function problem(response: ServerResponse, status: number, code: string, headers = {}): void {
  send(response, status, { type: `/problems/${code}`, status, code }, headers);
}
