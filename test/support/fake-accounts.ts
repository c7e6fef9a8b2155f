import { generateKeyPairSync } from 'node:crypto';
import {
  ACCOUNTS_ROLES,
  type ApiKey,
  auditKeyOf,
  type Merchant,
  type Revocation,
  type Scope,
  secretHash,
  type SigningKey,
  signStaffToken,
  STAFF_ACCESS_SECONDS,
  type StaffClaims,
  type StaffMember,
  tokenKeyOf,
} from '@holdfast/contracts';
import { randomId } from '@holdfast/kernel';

export const MERCHANT_ID = 'mer_1';

/** The service accounts as a gateway sees it, in memory. It signs real tokens; what it is asked to change, it grants. */
export class FakeAccounts {
  readonly revoked: Revocation[] = [];
  readonly keys = new Map<string, ApiKey>();
  merchant: Merchant = {
    id: MERCHANT_ID,
    name: 'Shop',
    supportEmail: null,
    defaultCurrency: 'EUR',
    allowedOrigins: [],
    brand: { accent: null, logoUrl: null },
    refundStepUpMinor: null,
    requireMfa: false,
    revision: 1,
    createdAt: '2026-01-01T00:00:00.000Z',
  };
  person: StaffMember = {
    id: 'stf_1',
    merchantId: MERCHANT_ID,
    email: 'owner@holdfast.test',
    name: 'Owner',
    role: 'owner',
    mfa: false,
    joined: true,
    createdAt: '2026-01-01T00:00:00.000Z',
  };
  /** Thrown by whatever is asked next. */
  fault: Error | undefined;
  readonly signingKey: SigningKey;
  private readonly publicKey;

  constructor() {
    const { privateKey } = generateKeyPairSync('ed25519');
    this.publicKey = tokenKeyOf(privateKey);
    this.signingKey = { keyId: this.publicKey.keyId, privateKey };
  }

  /** An access token of a person of the merchant. */
  token(claims: Partial<StaffClaims> = {}): string {
    const issuedAt = Math.floor(Date.now() / 1000);
    return signStaffToken(
      {
        staffId: 'stf_1',
        merchantId: MERCHANT_ID,
        sessionId: `ses_${randomId()}`,
        email: 'owner@holdfast.test',
        role: 'owner',
        mfa: false,
        steppedUp: false,
        issuedAt,
        expiresAt: issuedAt + STAFF_ACCESS_SECONDS,
        id: randomId(),
        ...claims,
      },
      this.signingKey,
    );
  }

  /** The secret of an API key with these scopes. */
  apiKey(scopes: Scope[], more: Partial<ApiKey> = {}): string {
    const secret = `hfk_${Buffer.from(randomId(43)).toString('base64url').slice(0, 43)}`;
    const key: ApiKey = {
      id: `key_${randomId()}`,
      merchantId: MERCHANT_ID,
      name: 'script',
      prefix: secret.slice(0, 12),
      scopes,
      createdBy: { kind: 'staff', id: 'stf_1', label: 'owner@holdfast.test' },
      createdAt: '2026-01-01T00:00:00.000Z',
      expiresAt: null,
      lastUsedAt: null,
      ...more,
    };
    this.keys.set(secretHash(secret), key);
    return secret;
  }

  private readonly session = () => ({
    kind: 'signed-in',
    session: {
      accessToken: this.token(),
      expiresInSeconds: STAFF_ACCESS_SECONDS,
      refreshToken: 'refresh',
      sessionEndsAt: new Date(Date.now() + 3_600_000).toISOString(),
      staff: this.person,
    },
  });

  readonly signIn = {
    login: () => this.answer(this.session),
    useLink: () => this.answer(this.session),
    refresh: () => this.answer(this.session),
    logout: () => this.answer(() => ({ kind: 'ended' })),
    endSession: () => this.answer(() => ({ kind: 'ended' })),
    whoAmI: () => this.answer(() => this.person),
    startTotp: () => this.answer(() => ({ kind: 'started', secret: 'S', otpauthUrl: 'otpauth://totp/x' })),
    confirmTotp: () => this.answer(() => ({ kind: 'confirmed', recoveryCodes: ['a'] })),
    removeTotp: () => this.answer(() => ({ kind: 'removed' })),
    stepUp: () =>
      this.answer(() => ({
        kind: 'stepped-up',
        accessToken: this.token({ steppedUp: true }),
        expiresInSeconds: 300,
      })),
    changePassword: () => this.answer(() => ({ kind: 'changed' })),
  };

  readonly staff = {
    listStaff: () => this.answer(() => [this.person]),
    addStaff: () => this.answer(() => ({ kind: 'added', staff: this.person, replayed: false })),
    changeRole: () => this.answer(() => ({ kind: 'changed', staff: this.person })),
    removeStaff: () => this.answer(() => ({ kind: 'removed' })),
  };

  readonly apiKeys = {
    listApiKeys: () => this.answer(() => [...this.keys.values()]),
    createApiKey: () =>
      this.answer(() => ({ kind: 'created', key: [...this.keys.values()][0], replayed: false })),
    removeApiKey: () => this.answer(() => ({ kind: 'removed' })),
    findApiKey: (hash: string) => this.answer(() => this.keys.get(hash) ?? null),
  };

  readonly merchants = {
    getMerchant: () => this.answer(() => this.merchant),
    allowedOrigins: () => this.answer(() => this.merchant.allowedOrigins),
    changeMerchant: () => this.answer(() => ({ kind: 'changed', merchant: this.merchant })),
  };

  readonly revocations = {
    tokenKeys: () => this.answer(() => [this.publicKey]),
    revocationsSince: (cursor: number) =>
      this.answer(() => ({
        items: this.revoked.slice(cursor),
        cursor: this.revoked.length,
        more: false,
      })),
  };

  readonly audit = {
    listAudit: () => this.answer(() => ({ items: [], nextSeq: null })),
    auditCheckpoint: () => this.answer(() => this.checkpoint),
    sealAudit: () => this.answer(() => ({ ...this.checkpoint, publicKey: 'x' })),
    readAudit: () => this.answer(() => ({ lines: [], nextSeq: null })),
    auditKeys: () => this.answer(() => [auditKeyOf(this.signingKey.privateKey)]),
  };

  private readonly checkpoint = {
    merchantId: MERCHANT_ID,
    seq: 0,
    hash: '0'.repeat(64),
    at: '2026-01-01T00:00:00.000Z',
    keyId: 'k',
    signature: 's',
  };

  readonly providers = Object.entries(ACCOUNTS_ROLES).map(([name, provide]) => ({
    provide,
    useValue: (this as unknown as Record<string, object>)[name],
  }));

  private answer<T>(make: () => T): Promise<T> {
    const { fault } = this;
    return fault ? Promise.reject(fault) : Promise.resolve().then(make);
  }
}
