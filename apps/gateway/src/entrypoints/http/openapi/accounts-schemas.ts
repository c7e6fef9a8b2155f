import { z } from 'zod';
import { SCOPES, STAFF_ROLES } from '@holdfast/contracts';

/** Responses about a merchant's people, keys and settings. */

const id = z.string().min(1);
const time = z.iso.datetime();
const role = z.enum(STAFF_ROLES);
const scopes = z.array(z.enum(SCOPES));
const token = {
  accessToken: z.string(),
  tokenType: z.literal('Bearer'),
  expiresIn: z.int().describe('Seconds until the access token expires.'),
};

const person = { id, email: z.string(), name: z.string(), role, merchantId: id, mfa: z.boolean() };

export const signedIn = z.object({ ...token, staff: z.object(person) }).meta({ id: 'SignedIn' });

export const steppedUp = z.object(token);

export const me = z.object({ ...person, scopes }).meta({ id: 'Me' });

export const totpStarted = z.object({
  secret: z.string().describe('In base32, for an authenticator app.'),
  otpauthUrl: z.string().describe('The same as an address, for a QR code.'),
});

export const recoveryCodes = z.object({
  recoveryCodes: z
    .array(z.string())
    .describe('Each signs in once in place of a code. They are shown only here.'),
});

export const staffMember = z
  .object({
    id,
    email: z.string(),
    name: z.string(),
    role,
    mfa: z.boolean(),
    joined: z.boolean().describe('`false` until the invitation has been used.'),
    createdAt: time,
  })
  .meta({ id: 'StaffMember' });

export const invited = staffMember
  .extend({ inviteUrl: z.string().describe('One-time link with which the person sets a password.') })
  .meta({ id: 'InvitedStaffMember' });

export const apiKey = z
  .object({
    id,
    name: z.string(),
    prefix: z.string().describe('The beginning of the secret.'),
    scopes,
    createdBy: z.object({ kind: z.string(), id: z.string(), label: z.string() }),
    createdAt: time,
    expiresAt: time.nullable(),
    lastUsedAt: time.nullable().describe('To the minute.'),
  })
  .meta({ id: 'ApiKey' });

export const createdApiKey = apiKey
  .extend({ secret: z.string().describe('The key itself. It is shown only here.') })
  .meta({ id: 'CreatedApiKey' });

export const merchant = z
  .object({
    id,
    name: z.string(),
    supportEmail: z.string().nullable(),
    defaultCurrency: z.string(),
    allowedOrigins: z.array(z.string()).describe('Origins whose browsers may call the shopper API.'),
    brand: z.object({ accent: z.string().nullable(), logoUrl: z.string().nullable() }),
    refundStepUpMinor: z
      .int()
      .nullable()
      .describe('A refund above this amount needs a stepped-up token; `null`: none does.'),
    requireMfa: z.boolean().describe('Only staff with a second factor can use the admin API.'),
    createdAt: time,
  })
  .meta({ id: 'Merchant' });

export const ACCOUNTS_COMPONENTS = [
  signedIn,
  me,
  staffMember,
  invited,
  apiKey,
  createdApiKey,
  merchant,
] as const;
