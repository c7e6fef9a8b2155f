import {
  type ChangePasswordOutcome,
  type ConfirmTotpOutcome,
  type LinkOutcome,
  type LoginCommand,
  type LoginOutcome,
  newSecret,
  normaliseEmail,
  type RefreshOutcome,
  type RemoveTotpOutcome,
  type RequestOrigin,
  secretHash,
  SignIn,
  type StaffCaller,
  type StaffMember,
  type StartTotpOutcome,
  type StepUpOutcome,
  type UseLinkCommand,
} from '@holdfast/contracts';
import { REPLACED_TOKEN_SECONDS, TOKENS_OF_SESSION_MAX } from '../domain/limits';
import { sealUnder } from '../domain/successor';
import { ChangePassword } from './change-password';
import type { SignInDeps } from './deps';
import { GuessGuard } from './guess-guard';
import { SecondFactorCheck } from './second-factor';
import { SecondFactorEnrolment } from './second-factor-enrolment';
import { SessionIssuer, toMember } from './session-issuer';
import { StepUp } from './step-up';
import { UseLink } from './use-link';

const ENDED = { kind: 'session-ended' } as const;
const INVALID = { kind: 'invalid-credentials' } as const;

/** Signing in and out. */
export class SignInService extends SignIn {
  private readonly guard: GuessGuard;
  private readonly factor: SecondFactorCheck;
  private readonly issuer: SessionIssuer;
  private readonly linking: UseLink;
  private readonly enrolment: SecondFactorEnrolment;
  private readonly steppingUp: StepUp;
  private readonly changing: ChangePassword;

  constructor(private readonly deps: SignInDeps) {
    super();
    this.guard = new GuessGuard(deps.guesses);
    this.factor = new SecondFactorCheck(deps);
    this.issuer = new SessionIssuer(deps.signer, deps.clock);
    const parts = { ...deps, guard: this.guard, factor: this.factor, issuer: this.issuer };
    this.linking = new UseLink(parts);
    this.enrolment = new SecondFactorEnrolment(parts);
    this.steppingUp = new StepUp(parts);
    this.changing = new ChangePassword(parts);
  }

  /** An address that is nobody's is counted, waits and costs like any other. */
  async login({ email, password, ...factor }: LoginCommand): Promise<LoginOutcome> {
    const { store, passwords } = this.deps;
    const address = normaliseEmail(email);
    const merchantId = await store.merchantOf('email', address);
    return this.guard.look<LoginOutcome>(`login ${address}`, merchantId !== null, async () => {
      const known =
        merchantId === null ? null : await store.within(merchantId, (tx) => tx.staff.findByEmail(address));
      const isRight = await passwords.verify(known?.passwordHash ?? null, password);
      if (!known || !isRight) return { verdict: 'wrong', outcome: INVALID };
      return store.within(known.merchantId, async (tx) => {
        const person = await tx.staff.lock(known.staffId);
        // Changed while its hash was computed.
        if (person?.passwordHash !== known.passwordHash) return { verdict: 'wrong', outcome: INVALID };
        const checked = await this.factor.check(tx, person, factor);
        if (checked !== 'fine')
          return {
            verdict: checked === 'missing' ? 'unfinished' : 'wrong',
            outcome: { kind: 'mfa-required' },
          };
        const session = await this.issuer.open(tx, person);
        return { verdict: 'right', outcome: { kind: 'signed-in', session } };
      });
    });
  }

  async refresh(refreshToken: string): Promise<RefreshOutcome> {
    const hash = secretHash(refreshToken);
    const merchantId = await this.deps.store.merchantOf('refresh-token', hash);
    if (merchantId === null) return ENDED;
    return this.deps.store.within<RefreshOutcome>(merchantId, async (tx) => {
      const token = await tx.sessions.lockToken(hash);
      const person = token && (await tx.staff.find(token.staffId));
      if (!person) return ENDED;
      const session = { sessionId: token.sessionId, endsAt: token.sessionEndsAt };
      if (token.successor === null) {
        const next = newSecret();
        const sealed = sealUnder(refreshToken, next);
        await tx.sessions.replaceToken(token, {
          tokenHash: secretHash(next),
          sealed,
          kept: TOKENS_OF_SESSION_MAX,
        });
        return { kind: 'signed-in', session: this.issuer.answer(person, session, next) };
      }
      if (token.replacedForSeconds! <= REPLACED_TOKEN_SECONDS) {
        const next = sealUnder(refreshToken, token.successor);
        return { kind: 'signed-in', session: this.issuer.answer(person, session, next) };
      }
      // Two have the session: the first to use the successor may be the thief (RFC 9700, section 4.14.2).
      await tx.sessions.end(token.sessionId);
      return { kind: 'token-reused' };
    });
  }

  async logout(refreshToken: string): Promise<{ kind: 'ended' }> {
    const hash = secretHash(refreshToken);
    const merchantId = await this.deps.store.merchantOf('refresh-token', hash);
    if (merchantId !== null)
      await this.deps.store.within(merchantId, async (tx) => {
        const token = await tx.sessions.lockToken(hash);
        if (token) await tx.sessions.end(token.sessionId);
      });
    return { kind: 'ended' };
  }

  async endSession({ merchantId, staffId, sessionId }: StaffCaller): Promise<{ kind: 'ended' }> {
    await this.deps.store.within(merchantId, async (tx) => {
      if (await tx.sessions.endOf(staffId, sessionId)) await tx.sessions.end(sessionId);
    });
    return { kind: 'ended' };
  }

  whoAmI({ merchantId, staffId, sessionId }: StaffCaller): Promise<StaffMember | null> {
    return this.deps.store.within(merchantId, async (tx) => {
      const person = (await tx.sessions.endOf(staffId, sessionId)) && (await tx.staff.find(staffId));
      return person ? toMember(person) : null;
    });
  }

  useLink(command: UseLinkCommand): Promise<LinkOutcome> {
    return this.linking.use(command);
  }

  startTotp(caller: StaffCaller): Promise<StartTotpOutcome> {
    return this.enrolment.start(caller);
  }

  confirmTotp(command: {
    caller: StaffCaller;
    code: string;
    from: RequestOrigin;
  }): Promise<ConfirmTotpOutcome> {
    return this.enrolment.confirm(command);
  }

  removeTotp(command: {
    caller: StaffCaller;
    password: string;
    code: string;
    from: RequestOrigin;
  }): Promise<RemoveTotpOutcome> {
    return this.enrolment.remove(command);
  }

  stepUp(command: { caller: StaffCaller; password: string; totp?: string }): Promise<StepUpOutcome> {
    return this.steppingUp.stepUp(command);
  }

  changePassword(command: {
    caller: StaffCaller;
    current: string;
    next: string;
    from: RequestOrigin;
  }): Promise<ChangePasswordOutcome> {
    return this.changing.change(command);
  }
}
