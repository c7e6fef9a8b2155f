import { signal } from '@preact/signals';
import { type Scope, scopesOfRole } from '../../../../../libs/contracts/src/access';
import { alone } from '../../shared/alone';
import type { Answer, NoAnswer } from '../../shared/answer';
import { type Schemas, type Send, send } from './api';
import type { Person } from './types';

export interface SecondFactor {
  totp?: string;
  recoveryCode?: string;
}

type SignedIn = Schemas['SignedIn'];
type NewToken = Pick<SignedIn, 'accessToken' | 'expiresIn'>;

interface Token {
  text: string;
  /** By this tab's clock. Only a hint: a token that has ended is answered with 401, and then a new one is requested. */
  goodUntilMs: number;
}

/** What tabs of this page say to each other. */
export type TabMessage = { kind: 'signed-out' } | { kind: 'signed-in'; staffId: string };

export interface Tabs {
  postMessage(message: TabMessage): void;
  onmessage: ((event: { data: TabMessage }) => void) | null;
}

const DEADLINE_MS = 15_000; // a password is checked in its turn, a tenth of a second of a core each
const MARGIN_MS = 30_000;
const REFRESH_LOCK = 'holdfast.staff';

/**
 * The signed-in person and their tokens, in this tab's memory alone. What outlives the tab is the refresh token in a cookie that no script can
 * read: a reload and each end of a token ask for a new one with it.
 */
export class Session {
  readonly state = signal<'restoring' | 'unreachable' | 'signed-out' | 'signed-in'>('restoring');
  readonly person = signal<Person | null>(null);
  /** It ended without being asked to. */
  readonly expired = signal(false);
  /** Why it is not known whether somebody is signed in: while the state is `unreachable`. */
  readonly refusal = signal<NoAnswer>({ kind: 'unreachable' });
  private token: Token | undefined;
  private steppedUp: Token | undefined;
  private refreshing: Promise<Answer<SignedIn>> | undefined;
  /** One more with each sign-in, new token and sign-out: what was asked for before it no longer counts. */
  private generation = 0;

  constructor(
    private readonly tabs: Tabs | undefined,
    /** Asks for the password once more; false if the person does not want to. */
    private readonly confirm: () => Promise<boolean>,
  ) {
    if (tabs) tabs.onmessage = ({ data }) => this.heard(data);
  }

  /** Whether this person may do it. The server decides; the page does not offer what would be refused. */
  can(scope: Scope): boolean {
    const person = this.person.value;
    return person !== null && scopesOfRole(person.role).includes(scope);
  }

  /** By the cookie of an earlier sign-in, if there is one. */
  async restore(): Promise<void> {
    const { generation } = this;
    const answer = await this.refresh();
    if (answer.kind === 'ok' || generation !== this.generation) return;
    this.refusal.value = answer;
    this.state.value = 'unreachable';
  }

  login(email: string, password: string, factor: SecondFactor): Promise<Answer<SignedIn>> {
    return this.signIn((api) => api.POST('/v1/auth/login', { body: { email, password, ...factor } }));
  }

  useLink(token: string, password: string, factor: SecondFactor): Promise<Answer<SignedIn>> {
    return this.signIn((api) => api.POST('/v1/auth/link', { body: { token, password, ...factor } }));
  }

  /** Confirms the password for five minutes. */
  async stepUp(password: string, totp: string | undefined): Promise<Answer<unknown>> {
    const body = { password, ...(totp === undefined ? {} : { totp }) };
    const answer = await this.call<NewToken>((api) => api.POST('/v1/auth/step-up', { body }));
    if (answer.kind === 'ok') this.steppedUp = tokenOf(answer.body);
    return answer;
  }

  /** Signed out here and in the other tabs once the server has ended the session. */
  async logout(): Promise<Answer<unknown>> {
    const answer = await inTurn((api) => api.POST('/v1/auth/logout'), this.token?.text);
    if (answer.kind !== 'ok') return answer;
    this.forget(false);
    this.tabs?.postMessage({ kind: 'signed-out' });
    return answer;
  }

  /**
   * Calls the API as this person: with a new token where the old one has ended, and once more when the person has confirmed their password
   * because the call needs it.
   */
  async call<T>(request: Send<T>, deadlineMs = DEADLINE_MS): Promise<Answer<T>> {
    const caller = this.person.value?.id;
    const ask = (token: string) => send(request, { token, deadlineMs });
    const answer = await this.withToken(caller, ask);
    if (codeOf(answer) !== 'step-up-required' || !(await this.confirm())) return answer;
    return this.withToken(caller, ask);
  }

  /** A new token by the cookie; one request for all who need one, and one tab at a time. */
  refresh(): Promise<Answer<SignedIn>> {
    this.refreshing ??= this.askForToken(this.generation);
    return this.refreshing;
  }

  /** The cookie may be another person's by now, who signed in in another tab: nothing that the caller began is done in their name. */
  private async withToken<T>(
    caller: string | undefined,
    ask: (token: string) => Promise<Answer<T>>,
  ): Promise<Answer<T>> {
    for (let attempt = 1; ; attempt += 1) {
      const token = await this.liveToken();
      if (token.kind !== 'ok') return token;
      if (caller !== undefined && caller !== this.person.value?.id) return SESSION_OVER;
      const answer = await ask(token.body);
      if (codeOf(answer) !== 'unauthenticated') return answer;
      if (this.token?.text === token.body) this.token = undefined;
      if (this.steppedUp?.text === token.body) this.steppedUp = undefined;
      if (attempt === 2) return answer;
    }
  }

  private async liveToken(): Promise<Answer<string>> {
    for (const token of [this.steppedUp, this.token])
      if (token && performance.now() < token.goodUntilMs) return ok(token.text);
    const answer = await this.refresh();
    return answer.kind === 'ok' ? ok(answer.body.accessToken) : answer;
  }

  private async askForToken(generation: number): Promise<Answer<SignedIn>> {
    const answer = await inTurn<SignedIn>((api) => api.POST('/v1/auth/refresh'));
    if (generation !== this.generation) return SESSION_OVER;
    this.refreshing = undefined;
    if (answer.kind === 'ok') this.take(answer.body);
    else if (answer.kind === 'problem' && answer.status === 401) this.forget(this.person.value !== null);
    return answer;
  }

  private async signIn(request: Send<SignedIn>): Promise<Answer<SignedIn>> {
    const answer = await send(request, { deadlineMs: DEADLINE_MS });
    if (answer.kind !== 'ok') return answer;
    this.steppedUp = undefined;
    this.take(answer.body);
    this.tabs?.postMessage({ kind: 'signed-in', staffId: answer.body.staff.id });
    return answer;
  }

  private take(body: SignedIn): void {
    if (this.person.value?.id !== body.staff.id) this.steppedUp = undefined;
    this.begin();
    this.token = tokenOf(body);
    this.person.value = body.staff;
    this.expired.value = false;
    this.state.value = 'signed-in';
  }

  private forget(expired: boolean): void {
    this.begin();
    this.token = undefined;
    this.steppedUp = undefined;
    this.person.value = null;
    this.expired.value = expired;
    this.state.value = 'signed-out';
  }

  /** A refresh that is in flight is about who was here before. */
  private begin(): void {
    this.generation += 1;
    this.refreshing = undefined;
  }

  private heard(message: TabMessage): void {
    if (message.kind === 'signed-out') return this.forget(false);
    // The cookie is that person's now.
    if (message.staffId !== this.person.value?.id) void this.restore();
  }
}

function tokenOf({ accessToken, expiresIn }: NewToken): Token {
  return { text: accessToken, goodUntilMs: performance.now() + expiresIn * 1000 - MARGIN_MS };
}

const SESSION_OVER: NoAnswer = {
  kind: 'problem',
  status: 401,
  problem: { code: 'unauthenticated', title: 'Signed out', detail: 'Nothing was changed. Sign in again.' },
  retryAfterSeconds: null,
};

const ok = (body: string): Answer<string> => ({ kind: 'ok', status: 200, body, replayed: false });

function codeOf(answer: Answer<unknown>): string | undefined {
  return answer.kind === 'problem' ? answer.problem.code : undefined;
}

/** What uses the cookie up or ends it: one tab at a time. */
async function inTurn<T>(request: Send<T>, token?: string): Promise<Answer<T>> {
  const ask = () => send(request, { ...(token === undefined ? {} : { token }), deadlineMs: DEADLINE_MS });
  try {
    return await alone(REFRESH_LOCK, AbortSignal.timeout(DEADLINE_MS), ask);
  } catch {
    return { kind: 'unreachable' };
  }
}
