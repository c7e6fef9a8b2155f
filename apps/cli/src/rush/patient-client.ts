import { setTimeout as pause } from 'node:timers/promises';
import { CLIENT_PATIENCE } from '@holdfast/audit';
import { backoffMs } from '@holdfast/kernel';
import { Pool } from 'undici';

// The product takes 200 of one address, and somebody else may be at this one, too. The rest waits its turn, or comes from another address.
const CONNECTIONS_OF_ADDRESS = 150;

export interface HttpAnswer {
  status: number;
  body: unknown;
}

export type CallResult =
  | { kind: 'answered'; answer: HttpAnswer }
  /** No answer, or 503, until patience ran out. */
  | { kind: 'gave-up'; reason: string };

/**
 * Sends a request until it is answered. A lost answer and a 503 say nothing about what happened, so the very same request (same
 * Idempotency-Key, same bytes) goes out again: one effect, one answer. Bounded, jittered, and never sooner than `Retry-After`.
 */
export class PatientClient {
  private readonly pools: Pool[];
  private next = 0;

  constructor(
    origin: string,
    connections: number,
    private readonly random: () => number,
    private readonly interrupted: AbortSignal,
  ) {
    const addresses = localAddresses(origin, Math.ceil(connections / CONNECTIONS_OF_ADDRESS));
    this.pools = addresses.map(
      (localAddress) =>
        new Pool(origin, {
          connections: Math.min(CONNECTIONS_OF_ADDRESS, Math.ceil(connections / addresses.length)),
          pipelining: 1,
          headersTimeout: CLIENT_PATIENCE.answerMs,
          bodyTimeout: CLIENT_PATIENCE.answerMs,
          ...(localAddress === null ? {} : { connect: { localAddress } }),
        }),
    );
  }

  async call(
    method: 'GET' | 'POST',
    path: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<CallResult> {
    let reason = '';
    for (let tries = 1; tries <= CLIENT_PATIENCE.triesMax && !this.interrupted.aborted; tries += 1) {
      let retryAfterMs = 0;
      try {
        const {
          statusCode,
          headers: got,
          body: stream,
        } = await this.turn().request({ method, path, headers, body: body ?? null });
        const text = await stream.text();
        if (statusCode !== 503)
          return { kind: 'answered', answer: { status: statusCode, body: parse(text) } };
        reason = '503';
        retryAfterMs = Number(got['retry-after'] ?? 0) * 1000;
      } catch (error) {
        const { code, name } = error as NodeJS.ErrnoException;
        reason = code ?? name;
      }
      const askedMs = Math.min(retryAfterMs, CLIENT_PATIENCE.maxMs);
      const waitMs = Math.max(askedMs, backoffMs(tries - 1, CLIENT_PATIENCE, this.random));
      await pause(waitMs, undefined, { signal: this.interrupted }).catch(() => undefined);
    }
    return { kind: 'gave-up', reason: this.interrupted.aborted ? 'interrupted' : `no response (${reason})` };
  }

  close(): Promise<void> {
    return Promise.all(this.pools.map((pool) => pool.destroy())).then(() => undefined);
  }

  private turn(): Pool {
    this.next = (this.next + 1) % this.pools.length;
    return this.pools[this.next]!;
  }
}

/** Where connections come from: on Linux all of 127.0.0.0/8 is this machine, elsewhere there is one address. */
export function localAddresses(origin: string, wanted: number): (string | null)[] {
  const isSpread = process.platform === 'linux' && new URL(origin).hostname === '127.0.0.1';
  if (!isSpread || wanted <= 1) return [null];
  return Array.from({ length: wanted }, (_, i) => `127.0.0.${i + 1}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
