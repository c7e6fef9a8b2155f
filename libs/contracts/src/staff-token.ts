import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { STAFF_ROLES, type StaffRole } from './access';

export const STAFF_TOKEN = { issuer: 'holdfast', audience: 'staff', typ: 'staff+jwt', alg: 'EdDSA' } as const;
export const STAFF_ACCESS_SECONDS = 10 * 60;
export const STEP_UP_SECONDS = 5 * 60;
const STEPPED_UP = 'step-up';
const TOKEN_LENGTH_MAX = 2_048;

/** What an access token of staff says. */
export interface StaffClaims {
  staffId: string;
  merchantId: string;
  sessionId: string;
  /** By which people know each other: the label in the audit. */
  email: string;
  role: StaffRole;
  /** The person signs in with a second factor. */
  mfa: boolean;
  /** The password was given again within the last five minutes. */
  steppedUp: boolean;
  /** Seconds since 1970. */
  issuedAt: number;
  expiresAt: number;
  id: string;
}

/** A public key with which tokens are verified, as it travels between the services. */
export interface TokenKey {
  keyId: string;
  /** Ed25519, SPKI in DER, as base64url. */
  publicKey: string;
}

export interface SigningKey {
  keyId: string;
  privateKey: KeyObject;
}

/** The same key has the same name in every process. */
export function tokenKeyOf(privateKey: KeyObject): TokenKey {
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const keyId = createHash('sha256').update(spki).digest('base64url').slice(0, 16);
  return { keyId, publicKey: spki.toString('base64url') };
}

export function signStaffToken(claims: StaffClaims, { keyId, privateKey }: SigningKey): string {
  const { issuer, audience, typ, alg } = STAFF_TOKEN;
  const body = {
    iss: issuer,
    aud: audience,
    sub: claims.staffId,
    mer: claims.merchantId,
    ses: claims.sessionId,
    email: claims.email,
    role: claims.role,
    mfa: claims.mfa,
    ...(claims.steppedUp ? { acr: STEPPED_UP } : {}),
    iat: claims.issuedAt,
    exp: claims.expiresAt,
    jti: claims.id,
  };
  const signed = `${encode({ alg, typ, kid: keyId })}.${encode(body)}`;
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`;
}

/**
 * Verifies access tokens of staff: one algorithm, one type, one audience, and keys that were given by name. A shopper's token has another algorithm,
 * type and audience, so neither kind passes for the other (RFC 8725, sections 3.1, 3.11 and 3.12).
 */
export class StaffTokenReader {
  private readonly keys: ReadonlyMap<string, KeyObject>;

  constructor(keys: readonly TokenKey[]) {
    this.keys = new Map(
      keys.map(({ keyId, publicKey }) => [
        keyId,
        createPublicKey({ key: Buffer.from(publicKey, 'base64url'), format: 'der', type: 'spki' }),
      ]),
    );
  }

  /** Null for whatever is no live access token of staff. Whether its session has been ended is told by `Revocations`. */
  read(token: string, nowMs: number): StaffClaims | null {
    const parts = token.length <= TOKEN_LENGTH_MAX ? token.split('.') : [];
    const [head, body, signature] = parts;
    if (parts.length !== 3 || !head || !body || !signature) return null;
    const { alg, typ, kid, ...more } = decode(head) ?? {};
    if (alg !== STAFF_TOKEN.alg || typ !== STAFF_TOKEN.typ || Object.keys(more).length > 0) return null;
    const key = typeof kid === 'string' ? this.keys.get(kid) : undefined;
    const bytes = fromBase64url(signature);
    if (!key || !bytes || !verify(null, Buffer.from(`${head}.${body}`), key, bytes)) return null;
    const claims = decode(body);
    return claims && toClaims(claims, nowMs / 1000);
  }
}

function toClaims(it: Record<string, unknown>, now: number): StaffClaims | null {
  const { iss, aud, sub, mer, ses, email, role, mfa, acr, iat, exp, jti } = it;
  if (iss !== STAFF_TOKEN.issuer || aud !== STAFF_TOKEN.audience) return null;
  if (typeof iat !== 'number' || typeof exp !== 'number' || exp <= now) return null;
  if (typeof sub !== 'string' || typeof mer !== 'string' || typeof ses !== 'string') return null;
  if (typeof email !== 'string' || typeof jti !== 'string' || typeof mfa !== 'boolean' || !isRole(role))
    return null;
  if (acr !== undefined && acr !== STEPPED_UP) return null;
  return {
    staffId: sub,
    merchantId: mer,
    sessionId: ses,
    email,
    role,
    mfa,
    steppedUp: acr === STEPPED_UP,
    issuedAt: iat,
    expiresAt: exp,
    id: jti,
  };
}

const isRole = (role: unknown): role is StaffRole => STAFF_ROLES.includes(role as StaffRole);

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Strictly: a signature with another tail would be the same signature under another name. */
function fromBase64url(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : null;
}

function decode(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(fromBase64url(part)?.toString() ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
