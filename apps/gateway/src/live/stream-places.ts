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
    private readonly config: Pick<AppConfig, 'limits'>,
    private readonly events: SecurityEvents,
  ) {}

  /** Returns how to release the place; call it once. Throws the refusal. Streams that are being opened count, too. */
  take(request: FastifyRequest, reply: FastifyReply): () => void {
    if (!this.config.limits || this.operators.hasPass(request)) return () => undefined;
    const address = clientAddress(request);
    const giveBack = this.places.take(address);
    if (giveBack) return giveBack;
    this.events.report('stream-refused', { address, detail: 'too many live streams from one address' });
    reply.header('ratelimit', `"address-streams";r=0;t=${COME_BACK_SECONDS}`);
    reply.header('ratelimit-policy', `"address-streams";q=${STREAMS_OF_ADDRESS_MAX};w=${COME_BACK_SECONDS}`);
    throw new ProblemError({ code: 'quota-exceeded', retryAfterSeconds: COME_BACK_SECONDS });
  }

  /** There is no room for any further stream. */
  full(request: FastifyRequest): ProblemError {
    this.events.report('stream-refused', {
      address: clientAddress(request),
      detail: 'the maximum number of live streams is reached',
    });
    return new ProblemError({ code: 'temporary-reduced-capacity', retryAfterSeconds: COME_BACK_SECONDS });
  }
}
