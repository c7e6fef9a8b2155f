import { setTimeout as pause } from 'node:timers/promises';

export interface Answer {
  status: number;
  text: string;
  replayed: boolean;
}

/** One command that a shopper sent, with the answer it was given; null when it never came, or said nothing about the outcome (5xx). */
export interface Call {
  kind: 'hold' | 'order';
  token: string;
  key: string;
  path: string;
  body: string;
  answer: Answer | null;
}

export interface WitnessOptions {
  url: string;
  dropId: string;
  sku: string;
  shoppers: number;
  /** Every n-th hold is paid for. */
  payEvery: number;
  /** Told of every answer, and of every request that got none. */
  onSight?: (sight: Sight) => void;
}

export interface Sight {
  path: string;
  /** Null: no answer at all. */
  status: number | null;
  retryAfter: string | null;
  text: string;
  ms: number;
}

const REQUEST_MS_MAX = 15_000;
const AFTER_FAILURE_MS = 200; // so that shoppers of a dead product do not spin
const PATIENCE_TRIES = 10;
const TOOK_EFFECT = (answer: Answer | null) => answer !== null && answer.status < 300;

/** Shoppers over real HTTP who remember everything they were told, to hold the product to it later. */
export class Witness {
  readonly calls: Call[] = [];
  /** What a shopper waits between two calls; 0 is a rush. */
  thinkMs = 0;
  private readonly ended = new AbortController();
  private running: Promise<void>[] = [];
  private tokens: string[] = [];
  private count = 0;

  constructor(
    /** Where the product listens; a restarted product may listen elsewhere. */
    public url: string,
    private readonly options: Omit<WitnessOptions, 'url'>,
  ) {}

  /** Lets all shoppers place holds and pay, over and over, until `stop`. */
  async start(): Promise<void> {
    for (let i = this.tokens.length; i < this.options.shoppers; i += 1) {
      this.tokens.push(await openSession(this.url));
    }
    this.running = this.tokens.map((token) => this.shop(token));
  }

  async stop(): Promise<void> {
    this.ended.abort();
    await Promise.all(this.running);
  }

  acknowledged(kind: Call['kind']): Call[] {
    return this.calls.filter((call) => call.kind === kind && TOOK_EFFECT(call.answer));
  }

  /** Calls whose fate the shopper does not know. */
  open(): Call[] {
    return this.calls.filter(({ answer }) => answer === null);
  }

  /** Sends a call again, with the same key and the same bytes. */
  again(call: Call): Promise<Answer | null> {
    return send(this.url, call);
  }

  /** The same for somebody who asks on where they are put off, as everybody is now and then on a machine that stands still. */
  async surely(call: Call): Promise<Answer | null> {
    return patiently(
      () => this.again(call),
      (answer) => answer === null,
    );
  }

  /** What a call made, read with its shopper's token. */
  async found(
    call: Call,
  ): Promise<{ address: string; status: number; body: { id?: string; state?: string } }> {
    const { id } = JSON.parse(call.answer!.text) as { id: string };
    const address = `${this.url}/v1/${call.kind}s/${id}`;
    const read = () => fetch(address, { headers: { authorization: `Bearer ${call.token}` } });
    const response = await patiently(read, ({ status }) => status === 503);
    return {
      address,
      status: response.status,
      body: (await response.json()) as { id?: string; state?: string },
    };
  }

  private async shop(token: string): Promise<void> {
    const { dropId, sku, payEvery } = this.options;
    while (!this.ended.signal.aborted) {
      if (this.thinkMs > 0) await pause(this.thinkMs);
      const n = (this.count += 1);
      const hold = await this.call({
        kind: 'hold',
        token,
        key: `hold-${n}`,
        path: `/v1/drops/${dropId}/holds`,
        body: JSON.stringify({ lines: [{ sku, quantity: 1 + (n % 3) }] }),
      });
      if (!hold || !TOOK_EFFECT(hold) || n % payEvery !== 0) continue;
      const { id } = JSON.parse(hold.text) as { id: string };
      await this.call({
        kind: 'order',
        token,
        key: `order-${n}`,
        path: '/v1/orders',
        body: JSON.stringify({
          holdId: id,
          payment: { method: 'card', token: 'tok_ok' },
          email: 'a@shop.example',
        }),
      });
    }
  }

  private async call(sent: Omit<Call, 'answer'>): Promise<Answer | null> {
    const call: Call = { ...sent, answer: null };
    this.calls.push(call);
    call.answer = await send(this.url, call, this.options.onSight);
    if (call.answer === null) await pause(AFTER_FAILURE_MS);
    return call.answer;
  }
}

async function openSession(url: string): Promise<string> {
  const response = await fetch(`${url}/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  if (response.status !== 201) throw new Error(`no session: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { accessToken: string }).accessToken;
}

async function send(
  url: string,
  { token, key, path, body }: Omit<Call, 'answer'>,
  onSight: WitnessOptions['onSight'] = () => undefined,
): Promise<Answer | null> {
  const began = performance.now();
  const ms = () => performance.now() - began;
  try {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        'idempotency-key': key,
      },
      body,
      signal: AbortSignal.timeout(REQUEST_MS_MAX),
    });
    const text = await response.text();
    const { status } = response;
    onSight({ path, status, retryAfter: response.headers.get('retry-after'), text, ms: ms() });
    if (status >= 500) return null;
    return {
      status,
      text,
      replayed: response.headers.get('idempotent-replayed') === 'true',
    };
  } catch (error) {
    const { cause, message } = error as Error & { cause?: Error };
    onSight({ path, status: null, retryAfter: null, text: `${message} ${cause?.message ?? ''}`, ms: ms() });
    return null;
  }
}

/** Asks again, a few times, as long as the answer says nothing. */
async function patiently<T>(ask: () => Promise<T>, isNothing: (answer: T) => boolean): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const answer = await ask();
    if (!isNothing(answer) || tries === PATIENCE_TRIES) return answer;
    await pause(AFTER_FAILURE_MS);
  }
}

/** Runs `work` over `items`, a few at a time. */
export async function inTurns<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  width = 16,
): Promise<void> {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const item of queue) await work(item);
    }),
  );
}
