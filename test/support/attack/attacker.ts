import { randomBytes, randomInt } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from './client';
import { Tally } from './tally';

export const ATTACKS = [
  'junk headers',
  'long paths',
  'half-open sockets',
  'live streams',
  'made-up drops',
  'copies of orders',
  'slow readers',
] as const;
export type Attack = (typeof ATTACKS)[number];

export interface AttackPlan {
  url: string;
  dropId: string;
  sku: string;
  /** Rounds a second of each kind and address. */
  rate: number;
  stop: AbortSignal;
}

// Open at the same time from one address: together more than the 200 connections that it may have.
const HALF_OPEN_MAX = 120;
const STREAMS_MAX = 70;
const SLOW_READERS_MAX = 10;
const COPIES = 8;
const PENDING_MAX = 100; // requests without an answer
const SLOW_TOKENS = ['tok_timeout_lost', 'tok_slow', 'tok_timeout_ok'];

const junk = (length: number) =>
  randomBytes(Math.ceil(length / 2))
    .toString('hex')
    .slice(0, length);

/** One address that does all it can at once. Every kind is bounded in count and rate, and ends with the signal. */
export class Attacker {
  private readonly client: Client;
  private readonly sockets = new Set<Socket>();
  private readonly openOf = new Map<Attack, number>();
  private pending = 0;
  private token = '';
  private holdId: string | null = null;

  constructor(
    private readonly plan: AttackPlan,
    private readonly address: string,
    private readonly tallies: Record<Attack, Tally>,
  ) {
    this.client = new Client(plan.url, address, 20);
  }

  async attack(): Promise<void> {
    const { stop } = this.plan;
    this.token = await this.client.session().catch(() => 'none');
    const rounds: Record<Attack, () => void> = {
      'junk headers': () => this.junkHeaders(),
      'long paths': () => this.longPaths(),
      'half-open sockets': () => times(2, () => this.halfOpen()),
      'live streams': () => times(2, () => this.stream()),
      'made-up drops': () => this.madeUpDrops(),
      'copies of orders': () => void this.copies(),
      'slow readers': () => this.slowReader(),
    };
    const everyMs = 1_000 / this.plan.rate;
    await Promise.all(
      ATTACKS.map(async (kind) => {
        await this.wait(randomInt(0, Math.ceil(everyMs)));
        while (!stop.aborted) {
          rounds[kind]();
          await this.wait(everyMs);
        }
      }),
    );
    for (const socket of this.sockets) socket.destroy();
    this.client.close();
  }

  private junkHeaders(): void {
    const authorization = `Bearer ${this.token} ${junk(8_000)}`;
    this.ask('junk headers', 'GET', '/v1/orders', { authorization });
    this.ask('junk headers', 'GET', '/v1/orders', { authorization: `Bearer ${junk(200)}.${junk(4_000)}` });
    this.ask('junk headers', 'GET', '/', { cookie: junk(6_000), 'x-request-id': junk(5_000) });
    this.ask('junk headers', 'GET', '/', { 'x-more': junk(20_000) });
  }

  private longPaths(): void {
    this.ask('long paths', 'GET', `/v1/drops/${junk(7_000)}`);
    this.ask('long paths', 'GET', `/v1/holds/${junk(7_000)}`, this.authorized());
    this.ask('long paths', 'POST', `/v1/drops/${junk(7_000)}/holds`, this.authorized(), this.lines());
    this.ask('long paths', 'GET', `/v1/drops?cursor=${junk(7_000)}`);
  }

  private madeUpDrops(): void {
    const drop = () => `d${randomInt(1_000_000, 9_999_999)}`;
    this.ask('made-up drops', 'GET', `/v1/drops/${drop()}`);
    this.ask('made-up drops', 'GET', `/v1/drops/${drop()}/live`);
    this.ask('made-up drops', 'POST', `/v1/drops/${drop()}/holds`, this.authorized(), this.lines());
  }

  /** The same order many times at once, with tokens for which the provider is slow. */
  private async copies(): Promise<void> {
    if (this.holdId === null) {
      this.holdId = '';
      const { dropId } = this.plan;
      const { body } = await this.client
        .send('POST', `/v1/drops/${dropId}/holds`, this.authorized(), this.lines())
        .catch(() => ({ body: '{}' }));
      this.holdId = (safely(body) as { id?: string }).id ?? null;
      return;
    }
    if (this.holdId === '') return;
    const token = SLOW_TOKENS[randomInt(SLOW_TOKENS.length)]!;
    const order = { holdId: this.holdId, payment: { method: 'card', token }, email: 'eve@example.org' };
    const headers = this.authorized();
    const all = Array.from({ length: COPIES }, () =>
      this.answered('copies of orders', 'POST', '/v1/orders', headers, order),
    );
    this.holdId = '';
    await Promise.all(all);
    this.holdId = null;
  }

  private halfOpen(): void {
    const began = performance.now();
    const half = ['', 'GET / HT', `POST /v1/sessions HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{`];
    this.open('half-open sockets', HALF_OPEN_MAX, half[randomInt(half.length)]!, (socket, tally) => {
      let text = '';
      socket.on('data', (bytes) => (text += bytes.toString('latin1')));
      socket.once('close', () => {
        if (!this.plan.stop.aborted) tally.count(statusOf(text), performance.now() - began);
      });
    });
  }

  private stream(): void {
    const request = `GET /v1/drops/${this.plan.dropId}/live HTTP/1.1\r\nhost: x\r\n\r\n`;
    this.open('live streams', STREAMS_MAX, request, (socket, tally) => {
      let head = '';
      socket.on('data', (bytes) => {
        if (head.length < 12 && (head += bytes.toString('latin1', 0, 12)).length >= 12)
          tally.count(statusOf(head));
      });
      socket.once('close', () => head === '' && !this.plan.stop.aborted && tally.count('closed'));
    });
  }

  private slowReader(): void {
    const request = `GET /v1/drops?limit=200 HTTP/1.1\r\nhost: x\r\n\r\n`.repeat(10);
    this.open('slow readers', SLOW_READERS_MAX, request, (socket, tally) => {
      socket.pause();
      socket.once('close', () => !this.plan.stop.aborted && tally.count('closed'));
    });
  }

  private open(kind: Attack, most: number, bytes: string, on: (socket: Socket, tally: Tally) => void): void {
    const { hostname, port } = new URL(this.plan.url);
    const now = this.openOf.get(kind) ?? 0;
    if (now >= most) return;
    this.openOf.set(kind, now + 1);
    // It never closes by itself: that is for the server to do.
    const socket = connect({
      port: Number(port),
      host: hostname,
      localAddress: this.address,
      allowHalfOpen: true,
    });
    this.sockets.add(socket);
    const tally = this.tallies[kind];
    tally.sent += 1;
    socket.on('error', () => undefined);
    socket.once('end', () => socket.destroy());
    socket.once('close', () => {
      this.sockets.delete(socket);
      this.openOf.set(kind, this.openOf.get(kind)! - 1);
    });
    on(socket, tally);
    if (bytes) socket.write(bytes);
  }

  private ask(
    kind: Attack,
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: object,
  ): void {
    if (this.pending < PENDING_MAX) void this.answered(kind, method, path, headers, body);
  }

  private async answered(
    kind: Attack,
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: object,
  ): Promise<void> {
    const tally = this.tallies[kind];
    tally.sent += 1;
    this.pending += 1;
    try {
      tally.count((await this.client.send(method, path, headers, body)).status);
    } catch {
      if (!this.plan.stop.aborted) tally.count('closed');
    } finally {
      this.pending -= 1;
    }
  }

  private authorized(): Record<string, string> {
    return { authorization: `Bearer ${this.token}`, 'idempotency-key': junk(20) };
  }

  private lines(): object {
    return { lines: [{ sku: this.plan.sku, quantity: 1 }] };
  }

  private async wait(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.plan.stop }).catch(() => undefined);
  }
}

function times(n: number, act: () => void): void {
  for (let i = 0; i < n; i += 1) act();
}

function statusOf(text: string): string {
  return /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 'closed';
}

function safely(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
