import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AppConfig } from '@holdfast/config';
import type { SignedIn, WeakPassword } from '@holdfast/contracts';
import { staffCookie } from '../../access/staff-cookie';
import type { Problem } from '../../problems/problem';
import { refused } from '../../server/body';
import { renderPerson } from '../admin/render';
import { sendJson } from '../send';

/** Answers with the access token, and with the refresh token in the cookie. */
export function sendSignedIn(
  request: FastifyRequest,
  reply: FastifyReply,
  { accessToken, expiresInSeconds, refreshToken, sessionEndsAt, staff }: SignedIn,
  { config, nowMs }: { config: AppConfig; nowMs: number },
): void {
  const seconds = Math.max(1, Math.floor((Date.parse(sessionEndsAt) - nowMs) / 1000));
  reply.header('set-cookie', staffCookie(refreshToken, seconds, request, config));
  const person = renderPerson(staff);
  sendJson(
    reply,
    JSON.stringify({ accessToken, tokenType: 'Bearer', expiresIn: expiresInSeconds, staff: person }),
  );
}

export const SESSION_ENDED: Problem = {
  code: 'unauthenticated',
  detail: 'The session has ended. Sign in with POST /v1/auth/login.',
};

const WEAK: Record<WeakPassword, string> = {
  'too-short': 'must have at least 12 characters',
  'too-long': 'must have at most 256 characters',
  common: 'is one of the most common passwords: choose another one',
};

export type SignInRefusal =
  | { kind: 'invalid-credentials' | 'mfa-required' | 'session-ended' }
  | { kind: 'wait'; retryAfterSeconds: number };

/** What every step that checks a password or a code can be refused with. */
export function signInRefusal(outcome: SignInRefusal): Problem {
  switch (outcome.kind) {
    case 'session-ended':
      return SESSION_ENDED;
    case 'wait':
      return {
        code: 'quota-exceeded',
        detail:
          'Too many wrong attempts. Retry after the number of seconds in Retry-After, or use a one-time link.',
        retryAfterSeconds: outcome.retryAfterSeconds,
      };
    default:
      return { code: outcome.kind };
  }
}

export function weakPassword(pointer: string, why: WeakPassword): Problem {
  return refused([{ pointer, message: WEAK[why] }]).problem;
}
