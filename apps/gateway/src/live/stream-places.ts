import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AppConfig } from '@holdfast/config';
import type { SecurityEvents } from '@holdfast/observability';
import type { Operators } from '../entrypoints/http/access/operator';
import { clientAddress } from '../entrypoints/http/limits/address-key';
import { ProblemError } from '../entrypoints/http/problems/problem';
import { AddressPlaces } from '../entrypoints/http/server/connections/address-places';

const STREAMS_OF_ADDRESS_MAX = 50; // the contract; a browser tab has one, and many shoppers may share an address
export const COME_BACK_SECONDS = 5;

/** Bounds the live streams of one address. An operator's pass lifts it, as it does the other public limits. */
export class StreamPlaces {
  private readonly places = new AddressPlaces(STREAMS_OF_ADDRESS_MAX);

  constructor(
    private readonly operators: Pick<Operators, 'hasPass'>,
    private readonly config: Pick<AppConfig, 'limits' | 'merchantQuotas'>,
    private readonly events: SecurityEvents,
  ) {}

  /** Returns how to release the place; call it once. Throws the refusal. Streams that are being opened count, too. */
  take(request: FastifyRequest, reply: FastifyReply): () => void {
    if (this.isLifted(request)) return () => undefined;
    const address = clientAddress(request);
    const giveBack = this.places.take(address);
    if (giveBack) return giveBack;
    this.events.report('stream-refused', { address, detail: 'too many live streams from one address' });
    tellOf(reply, 'address-streams', STREAMS_OF_ADDRESS_MAX);
    throw new ProblemError({ code: 'quota-exceeded', retryAfterSeconds: COME_BACK_SECONDS });
  }

  /** How many readers the drops of one merchant may have at this gateway; null: as many as there is room for. */
  ofMerchantMax(request: FastifyRequest): number | null {
    // The readers of a rehearsal have a share of their own, see `LiveHub`.
    if (this.isLifted(request) || request.rehearsal) return null;
    return this.config.merchantQuotas?.readers ?? null;
  }

  /** The merchant of the drop has as many readers as one merchant may have. */
  merchantFull(request: FastifyRequest, reply: FastifyReply): ProblemError {
    this.events.report('stream-refused', {
      address: clientAddress(request),
      detail: 'too many live streams of one merchant',
    });
    tellOf(reply, 'merchant-streams', this.config.merchantQuotas!.readers);
    return new ProblemError({
      code: 'quota-exceeded',
      detail:
        'The drops of this merchant have as many live readers here as its quota allows. Retry after the number of seconds in Retry-After.',
      retryAfterSeconds: COME_BACK_SECONDS,
    });
  }

  /** There is no room for any further stream. */
  full(request: FastifyRequest): ProblemError {
    this.events.report('stream-refused', {
      address: clientAddress(request),
      detail: 'the maximum number of live streams is reached',
    });
    return new ProblemError({ code: 'temporary-reduced-capacity', retryAfterSeconds: COME_BACK_SECONDS });
  }

  private isLifted(request: FastifyRequest): boolean {
    return !this.config.limits || this.operators.hasPass(request);
  }
}

function tellOf(reply: FastifyReply, name: string, quota: number): void {
  reply.header('ratelimit', `"${name}";r=0;t=${COME_BACK_SECONDS}`);
  reply.header('ratelimit-policy', `"${name}";q=${quota};w=${COME_BACK_SECONDS}`);
}
