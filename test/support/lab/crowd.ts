import { randomId } from '@holdfast/kernel';
import { Pool } from 'undici';

export interface Line {
  sku: string;
  quantity: number;
}

/** What one request came to. */
export interface Reply {
  status: number;
  /** `held`, `replayed`, or the code of the problem. */
  word: string;
  text: string;
  retryAfter: string | undefined;
  ms: number;
}

export interface Wish {
  lines?: Line[];
  key?: string;
  /** Which gateway; default: each buyer has its own. */
  via?: number;
}

// Beyond it a request counts as hanging. The services promise an answer within 3 s; the rest is for a machine that does other things.
const HANG_MS = 10_000;
const PATIENCE_MS = 30_000;

/** Many customers with a session each, over few addresses. They can be used for one drop after another. */
export class Crowd {
  /** Answers 503 that buyers waited for and asked again after. */
  putOff = 0;
  readonly buyers: Buyer[] = [];
  private readonly pools: Pool[];

  constructor(urls: readonly string[], connections = 128) {
    this.pools = urls.map((url) => new Pool(url, { connections, headersTimeout: HANG_MS }));
  }

  /** So many more buyers arrive, a few at a time. */
  async gather(count: number): Promise<Buyer[]> {
    const wanted = this.buyers.length + count;
    const arrive = async () => {
      while (this.buyers.length < wanted) {
        const buyer = new Buyer(this, this.buyers.length);
        this.buyers.push(buyer);
        await buyer.openSession();
      }
    };
    await Promise.all(Array.from({ length: 32 }, arrive));
    return this.buyers.slice(wanted - count);
  }

  async send(
    via: number,
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<Reply> {
    const began = performance.now();
    const pool = this.pools[via % this.pools.length]!;
    const answer = await pool.request({ method, path, headers, body: body ?? null });
    const text = await answer.body.text();
    const { statusCode: status } = answer;
    const header = (name: string) => answer.headers[name]?.toString();
    const good = header('idempotent-replayed') === 'true' ? 'replayed' : 'held';
    const word = status < 300 ? good : ((JSON.parse(text) as { code?: string }).code ?? String(status));
    return { status, word, text, retryAfter: header('retry-after'), ms: performance.now() - began };
  }

  async close(): Promise<void> {
    await Promise.all(this.pools.map((pool) => pool.destroy()));
  }
}

export class Buyer {
  customerId = '';
  private token = '';

  constructor(
    private readonly crowd: Crowd,
    private readonly n: number,
  ) {}

  async openSession(): Promise<void> {
    const { status, text } = await this.crowd.send(
      this.n,
      'POST',
      '/v1/sessions',
      { 'content-type': 'application/json' },
      '{}',
    );
    if (status !== 201) throw new Error(`no session: ${status} ${text}`);
    const session = JSON.parse(text) as { accessToken: string; customerId: string };
    this.token = session.accessToken;
    this.customerId = session.customerId;
  }

  /** One request, whatever comes of it. By default one unit of SKU `A`. */
  tryHold(dropId: string, { lines = ONE, key = randomId(), via = this.n }: Wish = {}): Promise<Reply> {
    return this.post(`/v1/drops/${dropId}/holds`, { lines }, key, via);
  }

  /** As a client has to: after a 503 it waits as told and asks again with the same key, until it hears what became of it. */
  async hold(dropId: string, wish: Wish = {}): Promise<Reply> {
    const key = wish.key ?? randomId();
    return this.patiently(() => this.tryHold(dropId, { ...wish, key }));
  }

  async order(holdId: string, token = 'tok_ok'): Promise<Reply> {
    const key = randomId();
    const body = { holdId, payment: { method: 'card', token }, email: 'ann@example.org' };
    return this.patiently(() => this.post('/v1/orders', body, key, this.n));
  }

  async release(holdId: string): Promise<Reply> {
    return this.patiently(() =>
      this.crowd.send(this.n, 'DELETE', `/v1/holds/${holdId}`, { authorization: `Bearer ${this.token}` }),
    );
  }

  get(path: string): Promise<Reply> {
    return this.crowd.send(this.n, 'GET', path, { authorization: `Bearer ${this.token}` });
  }

  private post(path: string, body: object, key: string, via: number): Promise<Reply> {
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${this.token}`,
      'idempotency-key': key,
    };
    return this.crowd.send(via, 'POST', path, headers, JSON.stringify(body));
  }

  private async patiently(ask: () => Promise<Reply>): Promise<Reply> {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      const reply = await ask();
      if (reply.status !== 503 || performance.now() > end) return reply;
      if (reply.retryAfter === undefined) throw new Error(`503 without Retry-After: ${reply.text}`);
      this.crowd.putOff += 1;
      await new Promise((done) => setTimeout(done, 50 + Number(reply.retryAfter) * 500 * Math.random()));
    }
  }
}

const ONE: Line[] = [{ sku: 'A', quantity: 1 }];

export function countWords(replies: readonly Reply[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { word } of replies) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

export interface ShownHold {
  id: string;
  customerId: string;
  lines: Line[];
}

export const holdOf = ({ text }: Reply) => JSON.parse(text) as ShownHold;
