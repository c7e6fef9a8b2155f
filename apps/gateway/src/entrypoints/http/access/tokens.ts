import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { Runtime } from '@holdfast/config';
import { REHEARSAL_PASS } from '@holdfast/contracts';
import { Clock, isGhostId, randomId } from '@holdfast/kernel';
import { TOKEN_LENGTH_MAX } from './bearer';

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

/** One session key: what it signs with, and the name by which a token tells which key that was. */
interface Keys {
  kid: string;
  access: KeyObject;
  refresh: KeyObject;
}

/** What a refresh token says. */
export interface RefreshClaims {
  customerId: string;
  /** All tokens of a session are one family, of which this is a generation. */
  family: string;
  generation: number;
}

const FAMILY = /^[0-9a-z]{26}$/;

/**
 * Signs and reads the tokens of guest sessions: HS256, and each kind with a key of its own, so that no kind can pass for another. Keys are
 * `KeyObject`s: with a string the library parses the key at each call (53,000 against 1,300 checks a second). Two session keys can be live at
 * once: the first signs, both are accepted, so that one is replaced without a failed request (docs/runbooks/replace-the-session-key.md).
 */
@Injectable()
export class Tokens {
  private readonly keys: readonly [Keys, ...Keys[]];
  private readonly operatorKey: KeyObject;

  constructor(
    private readonly jwt: JwtService,
    private readonly clock: Clock,
    runtime: Runtime,
  ) {
    const { sessionKey, otherSessionKey, operatorKey } = runtime.secrets;
    this.keys = [keysOf(sessionKey), ...(otherSessionKey ? [keysOf(otherSessionKey)] : [])];
    this.operatorKey = createSecretKey(Buffer.from(operatorKey));
  }

  newCustomerId(): string {
    return `cus_${randomId()}`;
  }

  access(customerId: string): string {
    const [{ kid, access }] = this.keys;
    return this.sign(customerId, ACCESS, access, { kid, jti: randomId(), issuedAt: this.seconds() });
  }

  /** The key that an access token names; whether it is the right one is for the signature to tell. */
  accessKeyOf(token: string): KeyObject {
    return (this.candidates(token)[0] ?? this.keys[0]).access;
  }

  /** The first refresh token of a new session. */
  firstRefresh(customerId: string): string {
    return this.refresh({ customerId, family: randomId(), generation: 0 }, this.clock.now());
  }

  /** The same claims and the same moment give the same token. */
  refresh({ customerId, family, generation }: RefreshClaims, atMs: number): string {
    const [{ kid, refresh }] = this.keys;
    const issuedAt = Math.floor(atMs / 1000);
    return this.sign(customerId, REFRESH, refresh, {
      kid,
      jti: `${family}.${generation}`,
      issuedAt,
      more: { fam: family, gen: generation },
    });
  }

  /** What a refresh token says; undefined when it is not one of ours or is over. */
  readRefresh(token: string): RefreshClaims | undefined {
    if (token.length > TOKEN_LENGTH_MAX) return undefined;
    const claims = this.candidates(token)
      .map(({ refresh }) => this.read(token, refresh, REFRESH.audience))
      .find((found) => found !== undefined);
    if (!claims || !hasClaims(claims, REFRESH.typ)) return undefined;
    // Those of before the rotation name no family: each is the first of its own.
    const { fam = claims.jti, gen = 0 } = claims as { fam?: unknown; gen?: unknown };
    if (typeof fam !== 'string' || !FAMILY.test(fam)) return undefined;
    if (typeof gen !== 'number' || !Number.isSafeInteger(gen) || gen < 0) return undefined;
    return { customerId: claims.sub, family: fam, generation: gen };
  }

  /** When the operator's pass ends, in seconds since 1970; undefined when it is none. A pass lives ten minutes at most. */
  operatorPassEnd(token: string): number | undefined {
    const claims = this.read(token, this.operatorKey, OPERATOR.audience);
    if (claims?.typ !== OPERATOR.typ || claims.exp === undefined) return undefined;
    const begin = claims.iat ?? this.clock.now() / 1000;
    return claims.exp - begin <= OPERATOR.secondsMax ? claims.exp : undefined;
  }

  /** Whose pass it is, and when it ends; undefined when it is none. */
  rehearsalPass(token: string): { ghostId: string; expiresAtMs: number } | undefined {
    if (token.length > TOKEN_LENGTH_MAX) return undefined;
    const { audience, typ, secondsMax } = REHEARSAL_PASS;
    const claims = this.read(token, this.operatorKey, audience);
    const { sub, iat, exp } = claims ?? {};
    if (claims?.typ !== typ || iat === undefined || exp === undefined || exp - iat > secondsMax)
      return undefined;
    return sub !== undefined && isGhostId(sub) ? { ghostId: sub, expiresAtMs: exp * 1_000 } : undefined;
  }

  private seconds(): number {
    return Math.floor(this.clock.now() / 1000);
  }

  /** The keys that may have signed it. One that names no key is of before there were two. */
  private candidates(token: string): readonly Keys[] {
    const kid = kidOf(token);
    return kid === undefined ? this.keys : this.keys.filter((keys) => keys.kid === kid);
  }

  private sign(
    customerId: string,
    { audience, typ, seconds }: Kind,
    secret: KeyObject,
    { kid, jti, issuedAt, more }: { kid: string; jti: string; issuedAt: number; more?: object },
  ): string {
    return this.jwt.sign(
      { typ, ...more, iat: issuedAt, exp: issuedAt + seconds },
      {
        secret: asSecret(secret),
        algorithm: 'HS256',
        keyid: kid,
        issuer: ISSUER,
        audience,
        subject: customerId,
        jwtid: jti,
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
        clockTimestamp: this.seconds(),
      });
    } catch {
      return undefined; // whatever is wrong with it, the caller learns only that it is not one of ours
    }
  }
}

function keysOf(sessionKey: string): Keys {
  return {
    kid: Buffer.from(hkdfSync('sha256', sessionKey, '', 'holdfast key name', 6)).toString('base64url'),
    access: derive(sessionKey, 'holdfast access token'),
    refresh: derive(sessionKey, 'holdfast refresh token'),
  };
}

function kidOf(token: string): unknown {
  try {
    const header = JSON.parse(Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString()) as
      object | null;
    return (header as { kid?: unknown } | null)?.kid;
  } catch {
    return undefined;
  }
}

function derive(secret: string, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', purpose, 32)));
}

/** The library's type asks for text or bytes; what signs below it takes a KeyObject as it is. */
export function asSecret(key: KeyObject): Buffer {
  return key as unknown as Buffer;
}
