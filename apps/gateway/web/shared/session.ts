import { alone } from './alone';
import { type Answer, readAnswer } from './answer';
import { browserStore } from './storage';

interface Session {
  token: string;
  /** By this browser's clock. Only a hint: an expired token is answered with 401, and then a new one is requested. */
  goodUntilMs: number;
}

const NAME = 'holdfast.session';
const MARGIN_MS = 60_000;
const DEADLINE_MS = 8_000;

let opening: Promise<Answer<string>> | undefined;

/** Whether this browser has had a session: without one there can be no hold. */
export function hasSession(): boolean {
  return browserStore.get<Session>(NAME) !== null;
}

/**
 * The customer's token: the stored one, or a new one. By the cookie of the first session the shop recognizes the same customer. Throws when the
 * signal is aborted; other callers keep waiting.
 */
export async function accessToken(signal: AbortSignal): Promise<Answer<string>> {
  const kept = keptToken();
  if (kept) return kept;
  opening ??= open().finally(() => (opening = undefined));
  return Promise.race([opening, whenOver(signal)]);
}

/** Discards this token; a newer one obtained by another tab is kept. */
export function forgetToken(token: string): void {
  const kept = browserStore.get<Session>(NAME);
  if (kept?.token === token) browserStore.set(NAME, { token, goodUntilMs: 0 } satisfies Session);
}

function keptToken(): Answer<string> | undefined {
  const kept = browserStore.get<Session>(NAME);
  if (!kept || kept.goodUntilMs <= Date.now()) return undefined;
  return { kind: 'ok', status: 200, body: kept.token, replayed: false };
}

/** One tab at a time: two requests with the same cookie at once would look like a stolen session. */
async function open(): Promise<Answer<string>> {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  try {
    return await alone(NAME, signal, async () => keptToken() ?? (await ask(signal)));
  } catch {
    return { kind: 'unreachable' };
  }
}

async function ask(signal: AbortSignal): Promise<Answer<string>> {
  const response = await fetch('/v1/sessions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: '{}',
    signal,
  });
  const answer = await readAnswer<{ accessToken: string; expiresIn: number }>(response);
  if (answer.kind !== 'ok') return answer;
  const { accessToken: token, expiresIn } = answer.body;
  browserStore.set(NAME, { token, goodUntilMs: Date.now() + expiresIn * 1000 - MARGIN_MS } satisfies Session);
  return { ...answer, body: token };
}

function whenOver(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
}
