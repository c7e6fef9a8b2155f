import { z } from 'zod';
import { emailAddress, isScope, STAFF_ROLES } from '@holdfast/contracts';
import { isCurrency, LIMITS } from '@holdfast/kernel';
import { storable } from './inputs';

/** What a client may send as a password. Whether one can be chosen is for accounts to say. */
const password = z
  .string()
  .min(1, 'must not be empty')
  .max(1_024, 'is too long')
  .refine(storable, 'contains invalid characters');
const code = z.string().min(1, 'must not be empty').max(64, 'is too long');
const secondFactor = { totp: code.optional(), recoveryCode: code.optional() };

const name = z
  .string()
  .refine((text) => text.trim() !== '', 'must not be empty')
  .max(LIMITS.nameLengthMax, `must have at most ${LIMITS.nameLengthMax} characters`)
  .refine(storable, 'contains invalid characters');

/** `POST /v1/auth/login` */
export const loginInput = z.strictObject({ email: emailAddress, password, ...secondFactor });

/** `POST /v1/auth/link` */
export const linkInput = z.strictObject({
  token: z.string().min(1, 'must not be empty').max(200, 'is too long'),
  password,
  ...secondFactor,
});

/** A request without fields; the body may be left out. */
export const nothingInput = z.strictObject({});

/** `POST /v1/auth/mfa/totp/confirm` */
export const totpCodeInput = z.strictObject({ code });

/** `POST /v1/auth/mfa/totp/remove` */
export const removeTotpInput = z.strictObject({ password, code });

/** `POST /v1/auth/step-up` */
export const stepUpInput = z.strictObject({ password, totp: code.optional() });

/** `POST /v1/auth/password` */
export const passwordInput = z.strictObject({ current: password, next: password });

const role = z.enum(STAFF_ROLES, `must be one of ${STAFF_ROLES.join(', ')}`);

/** `POST /v1/admin/staff` */
export const staffInput = z.strictObject({ email: emailAddress, name, role });

/** `PATCH /v1/admin/staff/{staffId}` */
export const roleInput = z.strictObject({ role });

/** `POST /v1/admin/api-keys` */
export const apiKeyInput = z.strictObject({
  name,
  scopes: z
    .array(z.string().refine(isScope, 'is not a scope'))
    .min(1, 'must have at least one scope')
    .max(50, 'has too many entries')
    .transform((scopes) => [...new Set(scopes)]),
  expiresAt: z.iso
    .datetime({ offset: true, error: 'must be a time such as 2027-01-01T00:00:00Z' })
    .max(40, 'is too long')
    .nullish(),
});

const httpOrigin = z
  .string()
  .max(300, 'is too long')
  .refine((text) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    return url !== null && /^https?:$/.test(url.protocol) && url.origin === text;
  }, 'must be an origin, such as https://shop.example');

const brand = z.strictObject({
  accent: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, 'must be a color, such as #1a2b3c')
    .nullable(),
  logoUrl: z
    .url({ protocol: /^https$/, error: 'must be an https address' })
    .refine(storable, 'contains invalid characters')
    .max(2_000, 'is too long')
    .nullable(),
});

/** `PATCH /v1/admin/merchant` */
export const merchantInput = z
  .strictObject({
    name,
    supportEmail: emailAddress.nullable(),
    defaultCurrency: z.string().refine(isCurrency, 'must be an ISO 4217 code, such as EUR'),
    allowedOrigins: z.array(httpOrigin).max(20, 'must have at most 20 entries'),
    brand: brand.partial(),
    refundStepUpMinor: z.int('must be a whole number').min(0, 'must not be negative').nullable(),
    requireMfa: z.boolean('must be true or false'),
  })
  .partial();
