import type { Actor, ApiKey, ChangeOrigin, Merchant, Scope, StaffRole } from '@holdfast/contracts';
import type { AuditRows } from './audit-rows.port';

/** By what a request tells whose it is. Secrets are given as their hashes, in hex. */
export type Clue = 'email' | 'refresh-token' | 'link' | 'api-key';

/** A person as the ledger has them. Encrypted secrets are bytes. */
export interface StaffRecord {
  merchantId: string;
  staffId: string;
  email: string;
  name: string;
  role: StaffRole;
  passwordHash: string | null;
  totpSecret: Buffer | null;
  totpPending: Buffer | null;
  totpUsed: number[];
  createdAt: string;
}

export type MerchantSettings = Omit<Merchant, 'id' | 'revision' | 'createdAt'>;

/** Merchants, people, sessions and keys. Throws `ServiceUnavailable` when the database does not answer. */
export abstract class AccountsStore {
  /** Null: nobody's. */
  abstract merchantOf(clue: Clue, value: string): Promise<string | null>;
  /** Oldest first. */
  abstract merchantIds(): Promise<string[]>;
  /** Of all merchants, each once. */
  abstract allowedOrigins(): Promise<string[]>;
  /** Those with facts that stand in no chain yet. */
  abstract merchantsToChain(): Promise<string[]>;
  /** Those whose chain needs a checkpoint: it grew, and the last one is old enough, or the last one is very old. */
  abstract merchantsToSeal(changedSeconds: number, idleSeconds: number): Promise<string[]>;
  /** One transaction that sees one merchant's rows and no others. What it changes is committed when `work` ends well, also if its outcome is a refusal. */
  abstract within<T>(merchantId: string, work: (tx: MerchantTransaction) => Promise<T>): Promise<T>;
}

export interface MerchantTransaction {
  readonly merchant: MerchantRow;
  readonly staff: StaffRows;
  readonly sessions: SessionRows;
  readonly links: LinkRows;
  readonly keys: ApiKeyRows;
  readonly made: MadeRows;
  readonly audit: AuditRows;
  /** Records a change of this transaction, for the audit. No secret may be in it. */
  record(fact: Fact, by: ChangeOrigin): Promise<void>;
}

export interface Fact {
  action: string;
  target: { kind: string; id: string };
  change: object;
}

export interface MerchantRow {
  /** False: it was there. */
  insert(name: string): Promise<boolean>;
  find(): Promise<Merchant | null>;
  /** Until the commit nobody else changes who is staff, or the merchant. False: there is none. */
  lock(): Promise<boolean>;
  change(settings: MerchantSettings): Promise<void>;
}

export interface NewStaff {
  staffId: string;
  /** Normalised. */
  email: string;
  name: string;
  role: StaffRole;
  passwordHash: string | null;
}

export interface StaffRows {
  /** Oldest first. */
  list(): Promise<StaffRecord[]>;
  find(staffId: string): Promise<StaffRecord | null>;
  findByEmail(email: string): Promise<StaffRecord | null>;
  /** Until the commit nobody else changes or signs in this person. */
  lock(staffId: string): Promise<StaffRecord | null>;
  /** Null: the address is taken, or the id. */
  insert(person: NewStaff): Promise<StaffRecord | null>;
  setRole(staffId: string, role: StaffRole): Promise<StaffRecord>;
  delete(staffId: string): Promise<void>;
  /** Exact while the merchant is locked. */
  countOwnersBesides(staffId: string): Promise<number>;
  setPassword(staffId: string, passwordHash: string): Promise<void>;
  setTotp(staffId: string, totp: { secret: Buffer | null; pending: Buffer | null }): Promise<void>;
  /** False: this step's code was used before. */
  useTotpStep(staffId: string, step: number, stillUsable: readonly number[]): Promise<boolean>;
  replaceRecoveryCodes(staffId: string, codeHashes: readonly string[]): Promise<void>;
  /** False: unknown or used. */
  useRecoveryCode(staffId: string, codeHash: string): Promise<boolean>;
}

export interface TokenOfSession {
  sessionId: string;
  staffId: string;
  generation: number;
  /** Null: it is the current one. */
  successor: string | null;
  replacedForSeconds: number | null;
  sessionEndsAt: string;
}

/** What ends is published to the gateways in the same commit. End sessions last in a transaction: the publication holds a lock that all share. */
export interface SessionRows {
  /** Returns when it ends. */
  insert(session: {
    sessionId: string;
    staffId: string;
    tokenHash: string;
    seconds: number;
  }): Promise<string>;
  /** When a live session of this person ends; null: it has ended. */
  endOf(staffId: string, sessionId: string): Promise<string | null>;
  /** A token of a live session; until the commit nobody else uses one of its tokens. */
  lockToken(tokenHash: string): Promise<TokenOfSession | null>;
  replaceToken(
    token: TokenOfSession,
    next: { tokenHash: string; sealed: string; kept: number },
  ): Promise<void>;
  end(sessionId: string): Promise<void>;
  /** All of a person's, but for `except` and the newest `keep` of the others. */
  endAllOf(staffId: string, options?: { except?: string; keep?: number }): Promise<void>;
}

export interface LinkRows {
  /** In place of the person's older one. */
  put(staffId: string, tokenHash: string, seconds: number): Promise<void>;
  /** Whose live link it is. */
  find(tokenHash: string): Promise<string | null>;
  /** Takes it: only one of many gets it. */
  use(tokenHash: string): Promise<boolean>;
}

export interface NewApiKeyRow {
  keyId: string;
  name: string;
  prefix: string;
  secretHash: string;
  scopes: Scope[];
  createdBy: Actor;
  expiresAt: string | null;
}

export interface ApiKeyRows {
  /** Oldest first. */
  list(): Promise<ApiKey[]>;
  /** Null: id or secret are in use. */
  insert(key: NewApiKeyRow): Promise<ApiKey | null>;
  /** The live one. */
  findBySecret(secretHash: string): Promise<ApiKey | null>;
  noteUse(keyId: string, everySeconds: number): Promise<void>;
  /** Its name; null: there was none. Published like the end of a session: last in a transaction. */
  delete(keyId: string): Promise<string | null>;
}

/** What requests with an Idempotency-Key have made: by its id, which is made of the key. Kept for a day. */
export interface MadeRows {
  /** Null: nothing was made under this id. */
  fingerprintOf(id: string): Promise<string | null>;
  insert(id: string, fingerprint: string): Promise<void>;
}
