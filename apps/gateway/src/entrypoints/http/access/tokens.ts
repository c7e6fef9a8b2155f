import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { Runtime } from '@holdfast/config';
import { Clock, randomId } from '@holdfast/kernel';

export const ISSUER = 'holdfast';
export const ACCESS = { audience: 'shopper', typ: 'access', seconds: 15 * 60 } as const;
export const REFRESH = { audience: 'session', typ: 'refresh', seconds: 30 * 24 * 3600 } as const;
const OPERATOR = { audience: 'operator', typ: 'operator', secondsMax: 10 * 60 } as const;

const CUSTOMER_ID = /^cus_[0-9a-z]{26}$/;

export interface Claims {
  sub: string;
  typ: string;
  jti: string;
  iat: number;
  exp: number;
}

/** True when all claims that we always write are there and of the right kind; signature, issuer, audience and time are checked before. */
export function hasClaims(claims: Partial<Claims>, typ: string): claims is Claims {
  return (
    claims.typ === typ &&
    typeof claims.exp === 'number' &&
    typeof claims.iat === 'number' &&
    typeof claims.jti === 'string' &&
    typeof claims.sub === 'string' &&
    (typ === OPERATOR.typ || CUSTOMER_ID.test(claims.sub))
  );
}

interface Kind {
  audience: string;
  typ: string;
  seconds: number;
}

/**
 * Signs and reads the tokens of guest sessions: HS256, and each kind with a key of its own, so that no kind can pass for another. Keys are
 * `KeyObject`s: with a string the library parses the key at each call (53,000 against 1,300 checks a second).
 */
@Injectable()
export class Tokens {
  readonly accessKey: KeyObject;
  private readonly refreshKey: KeyObject;
  private readonly operatorKey: KeyObject;

  constructor(
    private readonly jwt: JwtService,
    private readonly clock: Clock,
    runtime: Runtime,
  ) {
    const { sessionKey, operatorKey } = runtime.secrets;
    this.accessKey = derive(sessionKey, 'holdfast access token');
    this.refreshKey = derive(sessionKey, 'holdfast refresh token');
    this.operatorKey = createSecretKey(Buffer.from(operatorKey));
  }

  newCustomerId(): string {
    return `cus_${randomId()}`;
  }

  access(customerId: string): string {
    return this.sign(customerId, ACCESS, this.accessKey);
  }

  refresh(customerId: string): string {
    return this.sign(customerId, REFRESH, this.refreshKey);
  }

  /** The customer of a refresh token; undefined when it is not one of ours or is over. */
  customerOfRefresh(token: string): string | undefined {
    const claims = this.read(token, this.refreshKey, REFRESH.audience);
    return claims && hasClaims(claims, REFRESH.typ) ? claims.sub : undefined;
  }

  /** When the operator's pass ends, in seconds since 1970; undefined when it is none. A pass lives ten minutes at most. */
  operatorPassEnd(token: string): number | undefined {
    const claims = this.read(token, this.operatorKey, OPERATOR.audience);
    if (claims?.typ !== OPERATOR.typ || claims.exp === undefined) return undefined;
    const begin = claims.iat ?? this.clock.now() / 1000;
    return claims.exp - begin <= OPERATOR.secondsMax ? claims.exp : undefined;
  }

  private sign(customerId: string, { audience, typ, seconds }: Kind, secret: KeyObject): string {
    const iat = Math.floor(this.clock.now() / 1000);
    return this.jwt.sign(
      { typ, iat, exp: iat + seconds },
      {
        secret: asSecret(secret),
        algorithm: 'HS256',
        issuer: ISSUER,
        audience,
        subject: customerId,
        jwtid: randomId(),
      },
    );
  }

  private read(token: string, secret: KeyObject, audience: string): Partial<Claims> | undefined {
    try {
      return this.jwt.verify<Partial<Claims>>(token, {
        secret: asSecret(secret),
        algorithms: ['HS256'],
        issuer: ISSUER,
        audience,
        clockTimestamp: Math.floor(this.clock.now() / 1000),
      });
    } catch {
      return undefined; // whatever is wrong with it, the caller learns only that it is not one of ours
    }
  }
}

function derive(secret: string, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', purpose, 32)));
}

/** The library's type asks for text or bytes; what signs below it takes a KeyObject as it is. */
export function asSecret(key: KeyObject): Buffer {
  return key as unknown as Buffer;
}
