import { createHash, randomBytes } from 'node:crypto';
import { idOf, randomId } from '@holdfast/kernel';
import type { Scope, StaffRole } from './access';

/** Who makes a change, as the audit tells it. */
export interface Actor {
  kind: 'staff' | 'api-key' | 'operator' | 'system';
  id: string;
  /** For people: an e-mail address, the name of a key. */
  label: string;
}

/** From where a request came. */
export interface RequestOrigin {
  requestId: string | null;
  address: string | null;
}

/** Who makes a change and from where; kept with the change. */
export interface ChangeOrigin extends RequestOrigin {
  actor: Actor;
}

/** A signed-in person, as a verified access token names them. */
export interface StaffCaller {
  merchantId: string;
  staffId: string;
  sessionId: string;
}

export interface StaffMember {
  id: string;
  merchantId: string;
  email: string;
  name: string;
  role: StaffRole;
  mfa: boolean;
  /** False until the invitation has been used. */
  joined: boolean;
  createdAt: string;
}

export interface SignedIn {
  accessToken: string;
  expiresInSeconds: number;
  /** For the cookie: good for one refresh. */
  refreshToken: string;
  sessionEndsAt: string;
  staff: StaffMember;
}

export interface SecondFactor {
  totp?: string;
  recoveryCode?: string;
}

export interface LoginCommand extends SecondFactor {
  email: string;
  password: string;
}

export interface UseLinkCommand extends SecondFactor {
  token: string;
  password: string;
  from: RequestOrigin;
}

export type WeakPassword = 'too-short' | 'too-long' | 'common';

interface SignedInOutcome {
  kind: 'signed-in';
  session: SignedIn;
}
/** Too many wrong guesses; also a right one is not looked at before. */
interface Wait {
  kind: 'wait';
  retryAfterSeconds: number;
}
interface Word<K extends string> {
  kind: K;
}

export type LoginOutcome = SignedInOutcome | Word<'invalid-credentials'> | Word<'mfa-required'> | Wait;
export type LinkOutcome =
  | SignedInOutcome
  | Word<'invalid-link'>
  | { kind: 'weak-password'; why: WeakPassword }
  | Word<'mfa-required'>
  | Wait;
/** `token-reused`: the token had been replaced long ago, so its session was ended just now. */
export type RefreshOutcome = SignedInOutcome | Word<'session-ended'> | Word<'token-reused'>;
export type StartTotpOutcome =
  { kind: 'started'; secret: string; otpauthUrl: string } | Word<'already-enrolled'> | Word<'session-ended'>;
export type ConfirmTotpOutcome =
  | { kind: 'confirmed'; recoveryCodes: string[] }
  | Word<'wrong-code'>
  | Word<'not-started'>
  | Word<'already-enrolled'>
  | Word<'session-ended'>
  | Wait;
export type RemoveTotpOutcome =
  Word<'removed'> | Word<'invalid-credentials'> | Word<'not-enrolled'> | Word<'session-ended'> | Wait;
export type StepUpOutcome =
  | { kind: 'stepped-up'; accessToken: string; expiresInSeconds: number }
  | Word<'invalid-credentials'>
  | Word<'mfa-required'>
  | Word<'session-ended'>
  | Wait;
export type ChangePasswordOutcome =
  | Word<'changed'>
  | Word<'invalid-credentials'>
  | { kind: 'weak-password'; why: WeakPassword }
  | Word<'session-ended'>
  | Wait;

/** `linkHash` is of the invitation's token; who asks makes the token and shows it, so the service never has it. */
export interface AddStaff {
  id: string;
  merchantId: string;
  email: string;
  name: string;
  role: StaffRole;
  linkHash: string;
  /** Of the request's body when it has an Idempotency-Key, of which `id` is made; null: `id` is random. */
  fingerprint: string | null;
  by: ChangeOrigin;
}

/** What a repeated request with an Idempotency-Key can be refused with: it had another body, or what it made was removed. */
type RepeatRefusal = Word<'key-reused'> | Word<'removed-since'>;

export type AddStaffOutcome =
  | { kind: 'added'; staff: StaffMember; replayed: boolean }
  | RepeatRefusal
  | Word<'email-taken'>
  | Word<'too-many'>
  | Word<'not-found'>;
export type ChangeRoleOutcome =
  { kind: 'changed'; staff: StaffMember } | Word<'not-found'> | Word<'last-owner'>;
export type RemoveStaffOutcome = Word<'removed'> | Word<'not-found'> | Word<'last-owner'>;

export interface ApiKey {
  id: string;
  merchantId: string;
  name: string;
  /** The beginning of the secret, by which people tell keys apart. */
  prefix: string;
  scopes: Scope[];
  createdBy: Actor;
  createdAt: string;
  expiresAt: string | null;
  /** To the minute. */
  lastUsedAt: string | null;
}

/** The secret stays with who made it (`newApiKey`); its hash is all that the service ever has. */
export interface CreateApiKey {
  id: string;
  merchantId: string;
  name: string;
  prefix: string;
  secretHash: string;
  scopes: string[];
  /** RFC 3339. */
  expiresAt: string | null;
  /** What the maker may do. */
  makerScopes: Scope[];
  /** As of `AddStaff`. */
  fingerprint: string | null;
  by: ChangeOrigin;
}

export type CreateApiKeyOutcome =
  | { kind: 'created'; key: ApiKey; replayed: boolean }
  | RepeatRefusal
  /** None, or one that does not exist. */
  | Word<'invalid-scopes'>
  /** One that the maker lacks, or that no key may have. */
  | { kind: 'forbidden-scopes'; scopes: Scope[] }
  | Word<'expired-already'>
  | Word<'too-many'>
  | Word<'not-found'>;

export interface Merchant {
  id: string;
  name: string;
  supportEmail: string | null;
  defaultCurrency: string;
  /** Of browsers that may call the shopper API. */
  allowedOrigins: string[];
  brand: { accent: string | null; logoUrl: string | null };
  /** A refund above it needs a stepped-up token; null: none does. */
  refundStepUpMinor: number | null;
  requireMfa: boolean;
  revision: number;
  createdAt: string;
}

/** What is left out stays, also within `brand`. */
export type MerchantChange = Partial<Omit<Merchant, 'id' | 'revision' | 'createdAt' | 'brand'>> & {
  brand?: Partial<Merchant['brand']>;
};

export interface ChangeMerchant {
  merchantId: string;
  change: MerchantChange;
  /** Only if the merchant still has this revision. */
  ifRevision?: number;
  by: ChangeOrigin;
}

export type ChangeMerchantOutcome =
  | { kind: 'changed'; merchant: Merchant }
  | { kind: 'revision-mismatch'; revision: number }
  | Word<'not-found'>;

/** What no longer counts, although a token or a cache may still say so. */
export interface Revocation {
  /** A session with its access and stepped-up tokens, or an API key. */
  kind: 'session' | 'api-key';
  id: string;
}

export interface RevocationPage {
  items: Revocation[];
  /** For the next call. */
  cursor: number;
  /** There is more: call again at once. */
  more: boolean;
}

const SECRET_BYTES = 32;
const PREFIX_LENGTH = 12;

/** 256 random bits. */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** Secrets of 256 random bits need no salt and no slow hash: nobody can try them all. Hex. */
export function secretHash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

export const newStaffId = (bytes: Buffer = randomBytes(SECRET_BYTES)) => `stf_${idOf(bytes)}`;
export const newMerchantId = () => `mer_${randomId()}`;

/** A new key for programs: its secret for the answer, the rest for `CreateApiKey`. The bytes must be impossible to guess. */
export function newApiKey(
  idBytes: Buffer = randomBytes(SECRET_BYTES),
  secretBytes: Buffer = randomBytes(SECRET_BYTES),
): { id: string; secret: string; prefix: string; secretHash: string } {
  const secret = `hfk_${secretBytes.toString('base64url')}`;
  return {
    id: `key_${idOf(idBytes)}`,
    secret,
    prefix: secret.slice(0, PREFIX_LENGTH),
    secretHash: secretHash(secret),
  };
}

/** Where a one-time link leads. The token is in the fragment, so that no log has it. */
export function linkUrl(publicAddress: string, token: string): string {
  return `${publicAddress}/admin/link#token=${token}`;
}
