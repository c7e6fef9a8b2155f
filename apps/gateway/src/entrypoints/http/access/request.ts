import type { FastifyRequest } from 'fastify';
import type { RouteTimes } from '@holdfast/observability';

/** Who is asking, once the guard has found out. */
export interface Principal {
  customerId: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal | null;
    /** Empty until somebody asks for it; see `traceIdOf`. */
    traceId: string;
  }
  interface FastifyContextConfig {
    times?: RouteTimes;
    /** Logged only now and then. */
    hot?: boolean;
  }
}

/** The customer of a route with the policy `guest`. */
export function customerOf(request: FastifyRequest): string {
  if (!request.principal) throw new Error('this route has no policy that knows a customer');
  return request.principal.customerId;
}
