import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';

const ANSWER_MS = 15_000; // the product's own deadlines are far below
const TRIES_MAX = 8; // with the pauses below about 20 s: enough for a product that is killed and started again
const PAUSE_MS = 100;
const PAUSE_MS_MAX = 5_000;

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
  private readonly pool: Pool;

  constructor(
    origin: string,
    connections: number,
    private readonly random: () => number,
    private readonly interrupted: AbortSignal,
  ) {
    this.pool = new Pool(origin, {
      connections,
      pipelining: 1,
      headersTimeout: ANSWER_MS,
      bodyTimeout: ANSWER_MS,
    });
  }

  async call(
    method: 'GET' | 'POST',
    path: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<CallResult> {
    let reason = '';
    for (let tries = 1; tries <= TRIES_MAX && !this.interrupted.aborted; tries += 1) {
      let retryAfterMs = 0;
      try {
        const {
          statusCode,
          headers: got,
          body: stream,
        } = await this.pool.request({ method, path, headers, body: body ?? null });
        const text = await stream.text();
        if (statusCode !== 503)
          return { kind: 'answered', answer: { status: statusCode, body: parse(text) } };
        reason = '503';
        retryAfterMs = Number(got['retry-after'] ?? 0) * 1000;
      } catch (error) {
        const { code, name } = error as NodeJS.ErrnoException;
        reason = code ?? name;
      }
      const growing = Math.min(PAUSE_MS_MAX, PAUSE_MS * 2 ** tries);
      const waitMs = Math.max(Math.min(retryAfterMs, PAUSE_MS_MAX), growing * (0.5 + this.random() / 2));
      await pause(waitMs, undefined, { signal: this.interrupted }).catch(() => undefined);
    }
    return { kind: 'gave-up', reason: this.interrupted.aborted ? 'interrupted' : `no answer (${reason})` };
  }

  close(): Promise<void> {
    return this.pool.destroy();
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
