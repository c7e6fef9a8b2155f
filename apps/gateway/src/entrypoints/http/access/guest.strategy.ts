import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Strategy } from 'passport-jwt';
import { bearerTokenOf } from './bearer';
import type { Shopper } from './request';
import { ACCESS, asSecret, type Claims, hasClaims, ISSUER, Tokens } from './tokens';

export type VerifiedGuest = Shopper & { expiresAtMs: number };

/** Reads the access token of a guest session. One algorithm, issuer and audience: what the token says of itself decides nothing. */
@Injectable()
export class GuestStrategy extends PassportStrategy(Strategy, 'guest') {
  constructor(tokens: Tokens) {
    super({
      jwtFromRequest: (request: FastifyRequest) => bearerTokenOf(request.raw) ?? null,
      secretOrKeyProvider: (_request: unknown, token: string, done: (error: null, key: Buffer) => void) =>
        done(null, asSecret(tokens.accessKeyOf(token))),
      algorithms: ['HS256'],
      issuer: ISSUER,
      audience: ACCESS.audience,
      ignoreExpiration: false,
    });
  }

  validate(claims: Partial<Claims>): VerifiedGuest | false {
    if (!hasClaims(claims, ACCESS.typ)) return false;
    return { kind: 'shopper', customerId: claims.sub, expiresAtMs: claims.exp * 1000 };
  }
}
