import type { Clock } from '@holdfast/kernel';
import type { GuessGuard } from './guess-guard';
import type { AccountsStore } from './ports/accounts-store.port';
import type { Guesses } from './ports/guesses.port';
import type { Passwords } from './ports/passwords.port';
import type { SecretBox } from './ports/secret-box.port';
import type { TokenSigner } from './ports/token-signer.port';
import type { TotpCodes } from './ports/totp-codes.port';
import type { SecondFactorCheck } from './second-factor';
import type { SessionIssuer } from './session-issuer';

/** On what signing in stands. */
export interface SignInDeps {
  store: AccountsStore;
  guesses: Guesses;
  passwords: Passwords;
  codes: TotpCodes;
  box: SecretBox;
  signer: TokenSigner;
  clock: Clock;
}

/** The same with what its use cases share. */
export interface SignInParts extends SignInDeps {
  guard: GuessGuard;
  factor: SecondFactorCheck;
  issuer: SessionIssuer;
}
