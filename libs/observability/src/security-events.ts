import { type Clock, SystemClock } from '@holdfast/kernel';
import type { Logger } from './logger';
import type { Metrics } from './metrics';

/**
 * Events that honest clients rarely cause, each with the number in ten seconds from which it is logged: one
 * expired token is normal, twenty suggest an attack.
 */
const LOGGED_FROM = {
  /** An invalid access token, API key or operator pass (401). */
  'bad-token': 20,
  /** A sign-in of staff with a wrong password, code or link. */
  'sign-in-refused': 20,
  /** A request over a public limit (429). */
  'rate-limited': 100,
  /** A hold beyond the unpaid units that one network may have in a drop (409). */
  'network-limit': 20,
  /** A refresh token that was replaced before: the session is ended. */
  'refresh-token-reused': 1,
  /** A form or a cookie from a page of another origin (403). */
  'foreign-origin': 1,
  /** A foreign name in `Host`, in a request for something that only this machine may see. */
  'foreign-host': 1,
  /** `X-Forwarded-For` although no proxy is configured: all clients of the proxy count as one address. */
  'unexpected-proxy': 1,
  /** A webhook without a valid signature. */
  'bad-signature': 1,
  /** Invalid or oversized HTTP (400, 414, 431). */
  'broken-request': 100,
  /** A request that was not complete in time (408). */
  'request-timeout': 20,
  /** A connection cut off because its client did not read the answer. */
  'slow-reader': 1,
  /** A connection closed because of too many pipelined requests. */
  'pipelined-requests': 1,
  /** A connection refused: too many from one address, or in total. */
  'connection-refused': 1,
  /** A live stream refused: too many from one address, or in total. */
  'stream-refused': 20,
  /** The process is near its limit of open files. */
  'descriptors-low': 1,
} as const;

export type SecurityEvent = keyof typeof LOGGED_FROM;

const WINDOW_MS = 10_000;
const TEXT_MAX = 100; // a field may come from a client; log lines must stay short

interface Tally {
  total: number;
  untold: number;
  inWindow: number;
  windowEndsMs: number;
  told: boolean;
}

/**
 * Reports misbehaving clients to operators: an exact metric by kind, and at most one log line for each kind
 * in ten seconds. Nothing is kept per client, so a flood of events costs no memory. Injected by this class.
 */
export class SecurityEvents {
  private readonly tallies: Record<SecurityEvent, Tally>;

  constructor(
    private readonly logger: Logger,
    metrics: Metrics,
    private readonly clock: Clock = new SystemClock(),
  ) {
    const kinds = Object.keys(LOGGED_FROM) as SecurityEvent[];
    this.tallies = Object.fromEntries(
      kinds.map((kind) => [kind, { total: 0, untold: 0, inWindow: 0, windowEndsMs: 0, told: false }]),
    ) as Record<SecurityEvent, Tally>;
    metrics.countersOf(
      'holdfast_security_events_total',
      'What clients did that honest ones seldom do, by kind.',
      'kind',
      () => kinds.map((kind) => [kind, this.tallies[kind].total]),
    );
  }

  /**
   * @param fields of the log line, if one is written: the client's address and a short description; never a
   * token
   */
  report(kind: SecurityEvent, fields: { address?: string; detail?: string } = {}): void {
    const tally = this.tallies[kind];
    const nowMs = this.clock.monotonicMs();
    if (nowMs >= tally.windowEndsMs) {
      tally.windowEndsMs = nowMs + WINDOW_MS;
      tally.inWindow = 0;
      tally.told = false;
    }
    tally.total += 1;
    tally.untold += 1;
    tally.inWindow += 1;
    if (tally.told || tally.inWindow < LOGGED_FROM[kind]) return;
    tally.told = true;
    const short = Object.fromEntries(
      Object.entries(fields).map(([name, text]) => [name, text.slice(0, TEXT_MAX)]),
    );
    this.logger.warn({ event: kind, times: tally.untold, ...short }, 'security event');
    tally.untold = 0;
  }

  count(kind: SecurityEvent): number {
    return this.tallies[kind].total;
  }
}
