/** A client of the public interface as an outsider writes one: plain fetch, no import of the product. */
export interface Answer<T = Record<string, unknown>> {
  status: number;
  headers: Headers;
  text: string;
  json: T;
}

export interface Ask {
  method?: string;
  headers?: Record<string, string>;
  /** Sent as JSON, text as it is. */
  body?: unknown;
}

export async function ask<T = Record<string, unknown>>(
  url: string,
  { method, headers, body }: Ask = {},
): Promise<Answer<T>> {
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: raw ? (body as string) : JSON.stringify(body) }),
    redirect: 'manual',
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parse(text) as T };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One customer with a session. */
export class Shopper {
  private keys = 0;

  private constructor(
    readonly url: string,
    readonly token: string,
    readonly customerId: string,
  ) {}

  static async arrive(url: string): Promise<Shopper> {
    const { json } = await ask<{ accessToken: string; customerId: string }>(`${url}/v1/sessions`, {
      body: {},
    });
    return new Shopper(url, json.accessToken, json.customerId);
  }

  ask<T = Record<string, unknown>>(path: string, options: Ask = {}): Promise<Answer<T>> {
    const headers = { authorization: `Bearer ${this.token}`, ...options.headers };
    return ask<T>(this.url + path, { ...options, headers });
  }

  hold(
    dropId: string,
    lines: unknown,
    key = this.newKey(),
  ): Promise<Answer<{ id: string; expiresAt: string }>> {
    return this.ask(`/v1/drops/${dropId}/holds`, { body: { lines }, headers: { 'idempotency-key': key } });
  }

  order(
    holdId: string,
    token = 'tok_ok',
    key = this.newKey(),
  ): Promise<Answer<{ id: string; state: string }>> {
    const body = { holdId, payment: { method: 'card', token }, email: 'ann@example.org' };
    return this.ask('/v1/orders', { body, headers: { 'idempotency-key': key } });
  }

  newKey(): string {
    return `${this.customerId}-${(this.keys += 1)}`;
  }
}
