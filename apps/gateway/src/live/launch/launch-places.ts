import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AppConfig } from '@holdfast/config';
import type { SecurityEvents } from '@holdfast/observability';
import type { MerchantPrincipal } from '../../entrypoints/http/access/request';
import { clientAddress } from '../../entrypoints/http/limits/address-key';
import { ProblemError } from '../../entrypoints/http/problems/problem';

/** A person has a few tabs; a wall of screens shares an API key. */
const STREAMS_OF_CALLER_MAX = 60;
const STREAMS_OF_MERCHANT_MAX = 200;
const COME_BACK_SECONDS = 5;

/** Bounds the streams that one person or key, and one merchant, have open at this gateway: nobody takes the room of other merchants. */
export class LaunchPlaces {
  private readonly held = new Map<string, number>();

  constructor(
    private readonly config: Pick<AppConfig, 'limits'>,
    private readonly events: SecurityEvents,
  ) {}

  /** Owners with open streams, for tests of the bound. */
  get size(): number {
    return this.held.size;
  }

  /** Returns how to release the place; call it once. Throws the refusal. Streams that are being opened count, too. */
  take(caller: MerchantPrincipal, request: FastifyRequest, reply: FastifyReply): () => void {
    if (!this.config.limits) return () => undefined;
    const owner = caller.kind === 'staff' ? caller.staffId : caller.keyId;
    const bounds = [
      { key: owner, name: 'caller-streams', max: STREAMS_OF_CALLER_MAX },
      { key: caller.merchantId, name: 'merchant-streams', max: STREAMS_OF_MERCHANT_MAX },
    ];
    for (const { key, name, max } of bounds)
      if (this.count(key) >= max) this.refuse(name, max, request, reply);
    for (const { key } of bounds) this.add(key, 1);
    return () => {
      for (const { key } of bounds) this.add(key, -1);
    };
  }

  private refuse(name: string, max: number, request: FastifyRequest, reply: FastifyReply): never {
    this.events.report('stream-refused', {
      address: clientAddress(request),
      detail: `too many streams of one ${name === 'caller-streams' ? 'person or key' : 'merchant'}`,
    });
    reply.header('ratelimit', `"${name}";r=0;t=${COME_BACK_SECONDS}`);
    reply.header('ratelimit-policy', `"${name}";q=${max};w=${COME_BACK_SECONDS}`);
    throw new ProblemError({ code: 'quota-exceeded', retryAfterSeconds: COME_BACK_SECONDS });
  }

  private count(key: string): number {
    return this.held.get(key) ?? 0;
  }

  private add(key: string, change: 1 | -1): void {
    const now = this.count(key) + change;
    if (now > 0) this.held.set(key, now);
    else this.held.delete(key);
  }
}
