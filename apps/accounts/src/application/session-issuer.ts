import {
  newSecret,
  secretHash,
  type SignedIn,
  STAFF_ACCESS_SECONDS,
  type StaffMember,
  STEP_UP_SECONDS,
} from '@holdfast/contracts';
import { type Clock, randomId } from '@holdfast/kernel';
import { SESSION_SECONDS, SESSIONS_OF_PERSON_MAX } from '../domain/limits';
import type { MerchantTransaction, StaffRecord } from './ports/accounts-store.port';
import type { TokenSigner } from './ports/token-signer.port';

export interface IssuedToken {
  accessToken: string;
  expiresInSeconds: number;
}

/** Opens sessions and makes what a browser gets of them. */
export class SessionIssuer {
  constructor(
    private readonly signer: TokenSigner,
    private readonly clock: Clock,
  ) {}

  /** Last in its transaction, because it may end other sessions: all, or those beyond the limit. */
  async open(tx: MerchantTransaction, person: StaffRecord, { endOthers = false } = {}): Promise<SignedIn> {
    const sessionId = `ses_${randomId()}`;
    const refreshToken = newSecret();
    const { staffId } = person;
    const tokenHash = secretHash(refreshToken);
    const endsAt = await tx.sessions.insert({ sessionId, staffId, tokenHash, seconds: SESSION_SECONDS });
    const keep = endOthers ? 0 : SESSIONS_OF_PERSON_MAX - 1;
    await tx.sessions.endAllOf(staffId, { except: sessionId, keep });
    return this.answer(person, { sessionId, endsAt }, refreshToken);
  }

  answer(
    person: StaffRecord,
    session: { sessionId: string; endsAt: string },
    refreshToken: string,
  ): SignedIn {
    return {
      ...this.token(person, session, { steppedUp: false }),
      refreshToken,
      sessionEndsAt: session.endsAt,
      staff: toMember(person),
    };
  }

  /** It ends with its session at the latest. */
  token(
    person: StaffRecord,
    { sessionId, endsAt }: { sessionId: string; endsAt: string },
    { steppedUp }: { steppedUp: boolean },
  ): IssuedToken {
    const issuedAt = Math.floor(this.clock.now() / 1000);
    const lives = steppedUp ? STEP_UP_SECONDS : STAFF_ACCESS_SECONDS;
    const expiresAt = Math.min(issuedAt + lives, Math.floor(Date.parse(endsAt) / 1000));
    const accessToken = this.signer.sign({
      staffId: person.staffId,
      merchantId: person.merchantId,
      sessionId,
      email: person.email,
      role: person.role,
      mfa: person.totpSecret !== null,
      steppedUp,
      issuedAt,
      expiresAt,
      id: randomId(),
    });
    return { accessToken, expiresInSeconds: expiresAt - issuedAt };
  }
}

export function toMember(it: StaffRecord): StaffMember {
  return {
    id: it.staffId,
    merchantId: it.merchantId,
    email: it.email,
    name: it.name,
    role: it.role,
    mfa: it.totpSecret !== null,
    joined: it.passwordHash !== null,
    createdAt: it.createdAt,
  };
}
