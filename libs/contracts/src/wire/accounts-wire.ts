import { LIMITS } from '@holdfast/kernel';
import { z } from 'zod';
import { SCOPES, STAFF_ROLES } from '../access';
import {
  actorSchema as actor,
  changeOriginSchema as by,
  requestOriginSchema as from,
} from '../merchant-command';
import type { AccountsCalls } from '../roles';
import { anyId, bodyHash, words } from '../values';
import { AUDIT_WIRE } from './audit-wire';
import type { WireTable } from './wire-table';

// What is too long to be a password is refused by the rule for passwords; this only bounds a frame.
const password = z.string().max(8 * 1024);
const code = z.string().max(200);
const email = z.string().max(LIMITS.emailLengthMax);
const name = z.string().max(LIMITS.nameLengthMax);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const role = z.enum(STAFF_ROLES);
const scope = z.enum(SCOPES);
const fingerprint = bodyHash.nullable();
const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

const caller = z.object({ merchantId: anyId, staffId: anyId, sessionId: anyId });

const staffMember = z.object({
  id: z.string(),
  merchantId: z.string(),
  email: z.string(),
  name: z.string(),
  role,
  mfa: z.boolean(),
  joined: z.boolean(),
  createdAt: z.string(),
});

const signedIn = z.object({
  accessToken: z.string(),
  expiresInSeconds: z.number(),
  refreshToken: z.string(),
  sessionEndsAt: z.string(),
  staff: staffMember,
});

const weak = z.object({
  kind: z.literal('weak-password'),
  why: z.enum(['too-short', 'too-long', 'common']),
});
const wait = z.object({ kind: z.literal('wait'), retryAfterSeconds: z.number() });
const session = z.object({ kind: z.literal('signed-in'), session: signedIn });

const factor = { totp: code.optional(), recoveryCode: code.optional() };
const loginCommand = z.object({ email, password, ...factor });
const useLinkCommand = z.object({ token: code, password, from, ...factor });

const loginOutcome = z.discriminatedUnion('kind', [
  session,
  words('invalid-credentials'),
  words('mfa-required'),
  wait,
]);
const linkOutcome = z.discriminatedUnion('kind', [
  session,
  words('invalid-link'),
  weak,
  words('mfa-required'),
  wait,
]);
const refreshOutcome = z.discriminatedUnion('kind', [session, words('session-ended', 'token-reused')]);
const startTotpOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('started'), secret: z.string(), otpauthUrl: z.string() }),
  words('already-enrolled'),
  words('session-ended'),
]);
const confirmTotpOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('confirmed'), recoveryCodes: z.array(z.string()) }),
  words('wrong-code'),
  words('not-started'),
  words('already-enrolled'),
  words('session-ended'),
  wait,
]);
const removeTotpOutcome = z.discriminatedUnion('kind', [
  words('removed'),
  words('invalid-credentials'),
  words('not-enrolled'),
  words('session-ended'),
  wait,
]);
const stepUpOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('stepped-up'), accessToken: z.string(), expiresInSeconds: z.number() }),
  words('invalid-credentials'),
  words('mfa-required'),
  words('session-ended'),
  wait,
]);
const changePasswordOutcome = z.discriminatedUnion('kind', [
  words('changed'),
  words('invalid-credentials'),
  weak,
  words('session-ended'),
  wait,
]);

const addStaff = z.object({
  id: anyId,
  merchantId: anyId,
  email,
  name,
  role,
  linkHash: hash,
  fingerprint,
  by,
});
const addStaffOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('added'), staff: staffMember, replayed: z.boolean() }),
  words('key-reused', 'removed-since'),
  words('email-taken'),
  words('too-many'),
  words('not-found'),
]);
const changeRoleOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('changed'), staff: staffMember }),
  words('not-found'),
  words('last-owner'),
]);
const removeStaffOutcome = z.discriminatedUnion('kind', [
  words('removed'),
  words('not-found'),
  words('last-owner'),
]);

const apiKey = z.object({
  id: z.string(),
  merchantId: z.string(),
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(scope),
  createdBy: actor,
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  lastUsedAt: z.string().nullable(),
});
const createApiKey = z.object({
  id: anyId,
  merchantId: anyId,
  name,
  prefix: z.string().max(20),
  secretHash: hash,
  scopes: z.array(z.string().max(100)).max(100),
  expiresAt: z.string().max(40).nullable(),
  makerScopes: z.array(scope).max(SCOPES.length),
  fingerprint,
  by,
});
const createApiKeyOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('created'), key: apiKey, replayed: z.boolean() }),
  words('key-reused', 'removed-since'),
  words('invalid-scopes'),
  z.object({ kind: z.literal('forbidden-scopes'), scopes: z.array(scope) }),
  words('expired-already'),
  words('too-many'),
  words('not-found'),
]);

const brand = z.object({
  accent: z.string().max(50).nullable(),
  logoUrl: z.string().max(2_000).nullable(),
});
const settingsShape = {
  name: z.string().min(1).max(LIMITS.nameLengthMax),
  supportEmail: email.nullable(),
  defaultCurrency: z.string().regex(/^[A-Z]{3}$/),
  allowedOrigins: z.array(z.string().max(300)).max(100),
  brand,
  refundStepUpMinor: count.nullable(),
  requireMfa: z.boolean(),
};
const merchant = z.object({ id: z.string(), ...settingsShape, revision: z.number(), createdAt: z.string() });
const merchantChange = z.object({ ...settingsShape, brand: brand.partial() }).partial();
const changeMerchant = z.object({
  merchantId: anyId,
  change: merchantChange,
  ifRevision: count.optional(),
  by,
});
const changeMerchantOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('changed'), merchant }),
  z.object({ kind: z.literal('revision-mismatch'), revision: z.number() }),
  words('not-found'),
]);

const tokenKey = z.object({ keyId: z.string(), publicKey: z.string() });
const revocationPage = z.object({
  items: z.array(z.object({ kind: z.enum(['session', 'api-key']), id: z.string() })),
  cursor: z.number(),
  more: z.boolean(),
});

/** Every call to accounts as it travels between the services. Secrets of API keys and of links do not: only their hashes are sent. */
export const ACCOUNTS_WIRE: WireTable<AccountsCalls> = {
  login: { input: [loginCommand], answer: loginOutcome, once: true },
  useLink: { input: [useLinkCommand], answer: linkOutcome, once: true },
  refresh: { input: [code], answer: refreshOutcome },
  logout: { input: [code], answer: words('ended') },
  endSession: { input: [caller], answer: words('ended') },
  whoAmI: { input: [caller], answer: staffMember.nullable() },
  startTotp: { input: [caller], answer: startTotpOutcome },
  confirmTotp: { input: [z.object({ caller, code, from })], answer: confirmTotpOutcome, once: true },
  removeTotp: { input: [z.object({ caller, password, code, from })], answer: removeTotpOutcome, once: true },
  stepUp: {
    input: [z.object({ caller, password, totp: code.optional() })],
    answer: stepUpOutcome,
    once: true,
  },
  changePassword: {
    input: [z.object({ caller, current: password, next: password, from })],
    answer: changePasswordOutcome,
    once: true,
  },
  listStaff: { input: [anyId], answer: z.array(staffMember) },
  addStaff: { input: [addStaff], answer: addStaffOutcome },
  changeRole: {
    input: [z.object({ merchantId: anyId, staffId: anyId, role, by })],
    answer: changeRoleOutcome,
  },
  removeStaff: {
    input: [z.object({ merchantId: anyId, staffId: anyId, by })],
    answer: removeStaffOutcome,
    once: true,
  },
  listApiKeys: { input: [anyId], answer: z.array(apiKey) },
  createApiKey: { input: [createApiKey], answer: createApiKeyOutcome },
  removeApiKey: {
    input: [z.object({ merchantId: anyId, keyId: anyId, by })],
    answer: z.discriminatedUnion('kind', [words('removed'), words('not-found')]),
    once: true,
  },
  findApiKey: { input: [hash], answer: apiKey.nullable() },
  getMerchant: { input: [anyId], answer: merchant.nullable() },
  changeMerchant: { input: [changeMerchant], answer: changeMerchantOutcome },
  allowedOrigins: { input: [], answer: z.array(z.string()) },
  tokenKeys: { input: [], answer: z.array(tokenKey) },
  revocationsSince: { input: [count], answer: revocationPage },
  ...AUDIT_WIRE,
};
