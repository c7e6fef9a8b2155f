import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LIMITS } from '@holdfast/kernel';
import { bearerTokenOf } from '../access/bearer';
import type { MerchantAccess } from '../access/merchant-access';
import { POLICIES } from '../access/policies';
import type { Allowances } from '../limits/allowances';
import { ProblemError } from '../problems/problem';
import { whenOver } from './work';

const MiB = 1024 * 1024;
const DROP_BYTES_MAX = 2 * MiB;
export const IMPORT_BYTES_MAX = 16 * MiB;

/** Routes whose bodies may be larger than 64 KiB. */
const LARGE_BODIES: Readonly<Record<string, number>> = {
  'POST /v1/admin/drops': DROP_BYTES_MAX,
  'PATCH /v1/admin/drops/:dropId': DROP_BYTES_MAX,
  'POST /v1/admin/products/import': IMPORT_BYTES_MAX,
};

/** Of all large bodies that are in memory at the same time: four of the largest. */
const BYTES_MAX = 4 * IMPORT_BYTES_MAX;
/** Of one merchant: the others keep room. */
const BYTES_OF_MERCHANT_MAX = BYTES_MAX / 2;
const RETRY_SECONDS = 2;

/**
 * Lets these routes take large bodies, but only from callers whom their policy admits: a body is read before the guards run, and strangers could
 * fill the memory. To be called before the first route is registered.
 */
export function takeLargeBodies(
  instance: FastifyInstance,
  access: MerchantAccess,
  allowances: Allowances,
): void {
  const places = new LargeBodies();
  instance.addHook('onRoute', (route) => {
    const name = `${[route.method].flat().join('|')} ${route.url}`;
    const bytesMax = LARGE_BODIES[name];
    if (bytesMax === undefined) return;
    route.bodyLimit = bytesMax;
    route.preParsing = async (request: FastifyRequest, reply: FastifyReply, payload: Readable) => {
      const declared = Number(request.headers['content-length'] ?? NaN);
      if (declared <= LIMITS.bodyBytesMax || declared > bytesMax) return payload;
      // Looking up a key costs a query: not for who has used up their requests.
      allowances.refuseExhausted('reads', request, reply);
      const merchantId = await admitted(access, request, name);
      if (merchantId === null) return unread(declared);
      places.take(request, reply, merchantId, Number.isNaN(declared) ? bytesMax : declared);
      return payload;
    };
  });
}

/** The merchant of a caller whom the policy of the route admits. */
async function admitted(
  access: MerchantAccess,
  request: FastifyRequest,
  route: string,
): Promise<string | null> {
  const token = bearerTokenOf(request.raw);
  const principal = token === undefined ? null : await access.principalOf(token);
  const policy = POLICIES[route];
  if (principal === null || policy === undefined) return null;
  return (await access.refusalOf(principal, policy)) === null ? principal.merchantId : null;
}

/** In place of a body that is not read: the guards refuse the request, in their own words. */
function unread(declared: number): Readable {
  const nothing = Readable.from([]);
  return Object.assign(nothing, Number.isNaN(declared) ? {} : { receivedEncodedLength: declared });
}

class LargeBodies {
  private bytes = 0;
  private readonly bytesOf = new Map<string, number>();

  /** Until the request is over: a client that hangs up leaves its bytes to who still works on them. */
  take(request: FastifyRequest, reply: FastifyReply, merchantId: string, bytes: number): void {
    const own = this.bytesOf.get(merchantId) ?? 0;
    if (this.bytes + bytes > BYTES_MAX || own + bytes > BYTES_OF_MERCHANT_MAX)
      throw new ProblemError({ code: 'temporary-reduced-capacity', retryAfterSeconds: RETRY_SECONDS });
    this.add(merchantId, bytes);
    whenOver(request, reply, () => this.add(merchantId, -bytes));
  }

  private add(merchantId: string, bytes: number): void {
    this.bytes += bytes;
    const own = (this.bytesOf.get(merchantId) ?? 0) + bytes;
    if (own > 0) this.bytesOf.set(merchantId, own);
    else this.bytesOf.delete(merchantId);
  }
}
