import type {
  Busy,
  Hold,
  PlaceOrderOutcome,
  PlaceOutcome,
  ReleaseOutcome,
  WebhookOutcome,
} from '@holdfast/contracts';
import { assertNever } from '@holdfast/kernel';
import type { Problem, ProblemPointer } from '../problems/problem';

/** What the gateway answers: a serialized body, or a problem. */
export type Answer =
  | { kind: 'sent'; status: number; body: string; location?: string; etag?: string; replayed?: boolean }
  | { kind: 'empty'; status: 204 }
  | { kind: 'problem'; problem: Problem };

const NOT_FOUND: Answer = { kind: 'problem', problem: { code: 'not-found' } };
const KEY_REUSED: Answer = { kind: 'problem', problem: { code: 'idempotency-key-reused' } };

const NETWORK_LIMIT: Answer = {
  kind: 'problem',
  problem: {
    code: 'limit-reached',
    detail:
      'This hold would exceed the limit on unpaid units of this drop for your network (one address or IPv6 prefix). ' +
      'Nothing was held. Pay for or release a hold, or try again when one has expired.',
    limitOf: 'network',
  },
};

/** Refused because of the unpaid units of a whole network, not of one customer. */
export function isOverNetworkBudget(outcome: PlaceOutcome): boolean {
  return outcome.kind === 'refused' && outcome.limitOf === 'network';
}

function problem(code: Problem['code'], errors?: ProblemPointer[]): Answer {
  return { kind: 'problem', problem: errors ? { code, errors } : { code } };
}

export function busy({ retryAfterSeconds }: Busy): Answer {
  const seconds = Math.max(1, Math.ceil(retryAfterSeconds));
  return { kind: 'problem', problem: { code: 'temporary-reduced-capacity', retryAfterSeconds: seconds } };
}

export function answerPlace(outcome: PlaceOutcome): Answer {
  switch (outcome.kind) {
    case 'held':
      return {
        kind: 'sent',
        status: 201,
        body: renderHold(outcome.hold),
        location: `/v1/holds/${outcome.hold.id}`,
        replayed: outcome.replayed,
      };
    case 'key-reused':
      return KEY_REUSED;
    case 'drop-not-found':
      return NOT_FOUND;
    case 'unknown-sku':
      return problem('invalid-request', unknownSkus(outcome.lineIndexes));
    case 'refused':
      if (isOverNetworkBudget(outcome)) return NETWORK_LIMIT;
      return problem(
        outcome.reason,
        outcome.reason === 'sold-out' ? shortLines(outcome.shortLines) : undefined,
      );
    case 'busy':
      return busy(outcome);
    default:
      return assertNever(outcome);
  }
}

export function answerRelease(outcome: ReleaseOutcome): Answer {
  switch (outcome.kind) {
    case 'released':
      return { kind: 'empty', status: 204 };
    case 'not-found':
      return NOT_FOUND;
    case 'confirmed':
      return problem('hold-not-active');
    case 'payment-in-flight':
      return problem('request-in-progress');
    case 'busy':
      return busy(outcome);
    default:
      return assertNever(outcome);
  }
}

export function answerOrder(outcome: PlaceOrderOutcome): Answer {
  switch (outcome.kind) {
    case 'answered':
      return {
        kind: 'sent',
        status: outcome.status,
        body: outcome.body,
        location: `/v1/orders/${outcome.orderId}`,
        replayed: outcome.replayed,
      };
    case 'declined':
      return problem('payment-declined');
    case 'unknown-token':
      return problem('invalid-request', [
        { pointer: '/payment/token', message: 'is not a payment token of this provider' },
      ]);
    case 'token-refused':
      return problem('invalid-request', [
        {
          pointer: '/payment/token',
          message:
            'is a test token that delays or loses answers: it is accepted only with HOLDFAST_SANDBOX_FAULTS=on',
        },
      ]);
    case 'key-reused':
      return KEY_REUSED;
    case 'hold-not-found':
      return NOT_FOUND;
    case 'hold-expired':
      return problem('hold-expired');
    case 'hold-not-active':
      return problem('hold-not-active');
    case 'in-progress':
      return problem('request-in-progress');
    case 'busy':
      return busy(outcome);
    default:
      return assertNever(outcome);
  }
}

export function answerWebhook(outcome: WebhookOutcome): Answer {
  switch (outcome.kind) {
    case 'accepted':
      return { kind: 'sent', status: 200, body: '{"received":true}' };
    case 'unknown-provider':
      return NOT_FOUND;
    case 'bad-signature':
      return problem('unauthenticated');
    case 'malformed':
      return problem('invalid-request');
    default:
      return assertNever(outcome.kind);
  }
}

function unknownSkus(lineIndexes: readonly number[]): ProblemPointer[] {
  return lineIndexes.map((i) => ({ pointer: `/lines/${i}/sku`, message: 'is not sold in this drop' }));
}

function shortLines(lineIndexes: readonly number[]): ProblemPointer[] {
  return lineIndexes.map((i) => ({ pointer: `/lines/${i}`, message: 'not enough units are available' }));
}

/** The body of a hold. The only place that writes one, with its keys in one order: a replayed answer has to equal the first byte for byte. */
export function renderHold(hold: Hold): string {
  const { id, dropId, customerId, state, total, expiresAt, createdAt } = hold;
  const lines = hold.lines.map(({ sku, quantity, price }) => ({ sku, quantity, price: money(price) }));
  return JSON.stringify({ id, dropId, customerId, state, lines, total: money(total), expiresAt, createdAt });
}

function money({ amountMinor, currency }: Hold['total']) {
  return { amountMinor, currency };
}
