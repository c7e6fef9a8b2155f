import type { FastifyRequest } from 'fastify';
import type {
  Actor,
  ChangeOrigin,
  ProblemCode,
  RequestOrigin,
  Scope,
  StaffCaller,
  StaffRole,
} from '@holdfast/contracts';
import type { RouteTimes } from '@holdfast/observability';
import { clientAddress } from '../limits/address-key';

export interface Shopper {
  kind: 'shopper';
  customerId: string;
}

export interface StaffPrincipal {
  kind: 'staff';
  staffId: string;
  merchantId: string;
  sessionId: string;
  email: string;
  role: StaffRole;
  /** Signs in with a second factor. */
  mfa: boolean;
  steppedUp: boolean;
  scopes: readonly Scope[];
  /** When the access token ends, in ms since 1970. */
  endsAtMs: number;
}

export interface KeyPrincipal {
  kind: 'api-key';
  keyId: string;
  merchantId: string;
  name: string;
  scopes: readonly Scope[];
  /** When the key ends; Infinity: never. */
  endsAtMs: number;
}

/** Who calls for a merchant. */
export type MerchantPrincipal = StaffPrincipal | KeyPrincipal;

/** Who is asking, once the guard has found out. */
export type Principal = Shopper | MerchantPrincipal;

/** The rehearsal that a request belongs to, by its pass. */
export interface Rehearsing {
  ghostId: string;
  /** Of the imagined shopper; null: the request names none. */
  address: string | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal | null;
    /** Set by `Ghosts`. */
    rehearsal: Rehearsing | null;
    /** Empty until somebody asks for it; see `traceIdOf`. */
    traceId: string;
    /** The problem that was answered. */
    refusal: ProblemCode | null;
    /** Of guards and handler, where it is tracked; see `trackWork`. */
    work: Promise<unknown> | null;
    /** Ends the turn of a request of a merchant before its answer ends, as an endless one has to; see `MerchantTurns`. */
    endTurn: (() => void) | null;
  }
  interface FastifyContextConfig {
    times?: RouteTimes;
    /** Logged only now and then. */
    hot?: boolean;
  }
}

/** The customer of a route with the policy `guest`. */
export function customerOf(request: FastifyRequest): string {
  const { principal } = request;
  if (principal?.kind !== 'shopper') throw new Error('this route has no policy that knows a customer');
  return principal.customerId;
}

/** The person of a route with the policy `person`. */
export function personOf(request: FastifyRequest): StaffPrincipal {
  const { principal } = request;
  if (principal?.kind !== 'staff') throw new Error('this route has no policy that knows a person');
  return principal;
}

/** A person as accounts knows them. */
export function callerOf({ merchantId, staffId, sessionId }: StaffPrincipal): StaffCaller {
  return { merchantId, staffId, sessionId };
}

/** The caller of a route with the policy `merchant` or a scope. */
export function merchantCallerOf(request: FastifyRequest): MerchantPrincipal {
  const { principal } = request;
  if (!principal || principal.kind === 'shopper')
    throw new Error('this route has no policy that knows a merchant');
  return principal;
}

/** From where a request came, as the audit keeps it. */
export function originOf(request: FastifyRequest): RequestOrigin {
  return { requestId: request.id, address: clientAddress(request) };
}

/** Who makes a change and from where. */
export function changeOriginOf(request: FastifyRequest): ChangeOrigin {
  const caller = merchantCallerOf(request);
  const actor: Actor =
    caller.kind === 'staff'
      ? { kind: 'staff', id: caller.staffId, label: caller.email }
      : { kind: 'api-key', id: caller.keyId, label: caller.name };
  return { ...originOf(request), actor };
}
