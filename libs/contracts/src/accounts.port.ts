import type {
  AddStaff,
  AddStaffOutcome,
  ApiKey,
  ChangeMerchant,
  ChangeMerchantOutcome,
  ChangeOrigin,
  ChangePasswordOutcome,
  ChangeRoleOutcome,
  ConfirmTotpOutcome,
  CreateApiKey,
  CreateApiKeyOutcome,
  LinkOutcome,
  LoginCommand,
  LoginOutcome,
  Merchant,
  RefreshOutcome,
  RemoveStaffOutcome,
  RemoveTotpOutcome,
  RequestOrigin,
  RevocationPage,
  StaffCaller,
  StaffMember,
  StartTotpOutcome,
  StepUpOutcome,
  UseLinkCommand,
} from './accounts';
import type { StaffRole } from './access';
import type { TokenKey } from './staff-token';

// Expected outcomes are values. `ServiceUnavailable` is thrown when no answer came within the deadline, or too many passwords are being checked.

/** Signing staff in and out, and what a person does with their own account. */
export abstract class SignIn {
  abstract login(command: LoginCommand): Promise<LoginOutcome>;
  /** Sets the password with a one-time link, ends the person's other sessions, and signs in. */
  abstract useLink(command: UseLinkCommand): Promise<LinkOutcome>;
  /** Replaces the refresh token. The replaced one answers with the same successor for 10 s; later use ends the session. */
  abstract refresh(refreshToken: string): Promise<RefreshOutcome>;
  /** The session of any of its tokens ends, if it has not yet. */
  abstract logout(refreshToken: string): Promise<{ kind: 'ended' }>;
  /** Ends the session of an access token. */
  abstract endSession(caller: StaffCaller): Promise<{ kind: 'ended' }>;
  /** Null when the session has ended. */
  abstract whoAmI(caller: StaffCaller): Promise<StaffMember | null>;
  abstract startTotp(caller: StaffCaller): Promise<StartTotpOutcome>;
  abstract confirmTotp(command: {
    caller: StaffCaller;
    code: string;
    from: RequestOrigin;
  }): Promise<ConfirmTotpOutcome>;
  abstract removeTotp(command: {
    caller: StaffCaller;
    password: string;
    code: string;
    from: RequestOrigin;
  }): Promise<RemoveTotpOutcome>;
  abstract stepUp(command: { caller: StaffCaller; password: string; totp?: string }): Promise<StepUpOutcome>;
  /** The person's other sessions end. */
  abstract changePassword(command: {
    caller: StaffCaller;
    current: string;
    next: string;
    from: RequestOrigin;
  }): Promise<ChangePasswordOutcome>;
}

/** The people of a merchant. */
export abstract class Staff {
  /** Oldest first. */
  abstract listStaff(merchantId: string): Promise<StaffMember[]>;
  /** With an id that is there already and the same address it answers as the first time. */
  abstract addStaff(command: AddStaff): Promise<AddStaffOutcome>;
  abstract changeRole(command: {
    merchantId: string;
    staffId: string;
    role: StaffRole;
    by: ChangeOrigin;
  }): Promise<ChangeRoleOutcome>;
  abstract removeStaff(command: {
    merchantId: string;
    staffId: string;
    by: ChangeOrigin;
  }): Promise<RemoveStaffOutcome>;
}

/** The keys with which programs call. They belong to the merchant and stay when their maker goes. */
export abstract class ApiKeys {
  /** Oldest first. */
  abstract listApiKeys(merchantId: string): Promise<ApiKey[]>;
  /** With an id and secret that are there already it answers as the first time. */
  abstract createApiKey(command: CreateApiKey): Promise<CreateApiKeyOutcome>;
  abstract removeApiKey(command: {
    merchantId: string;
    keyId: string;
    by: ChangeOrigin;
  }): Promise<{ kind: 'removed' } | { kind: 'not-found' }>;
  /** The live key with this secret (`secretHash`), to authenticate a request; null if there is none. */
  abstract findApiKey(secretHash: string): Promise<ApiKey | null>;
}

export abstract class Merchants {
  abstract getMerchant(merchantId: string): Promise<Merchant | null>;
  abstract changeMerchant(command: ChangeMerchant): Promise<ChangeMerchantOutcome>;
  /** The origins that any merchant allows, each once. */
  abstract allowedOrigins(): Promise<string[]>;
}

/** What a gateway needs to judge a token by itself. */
export abstract class Revocations {
  /** The keys with which access tokens are verified. */
  abstract tokenKeys(): Promise<TokenKey[]>;
  /** What was revoked after `cursor`, in order; from 0: all that a token still alive could need. */
  abstract revocationsSince(cursor: number): Promise<RevocationPage>;
}
