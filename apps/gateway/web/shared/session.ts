import { alone } from './alone';
import { type Answer, readAnswer } from './answer';
import { browserStore } from './storage';

interface Session {
  token: string;
  /** By this browser's clock. Only a hint: a token that is over is answered with 401, and then a new one is asked for. */
  goodUntilMs: number;
}

const NAME = 'holdfast.session';
const MARGIN_MS = 60_000;
const DEADLINE_MS = 8_000;

let opening: Promise<Answer<string>> | undefined;

/** Whether this browser has been a customer before: who has not cannot have a hold. */
export function hasSession(): boolean {
  return browserStore.get<Session>(NAME) !== null;
}

/**
 * The customer's token: the one kept, or a new one. The cookie of the first session tells the shop that it is still the same customer.
 * Throws when the signal's time is over; what others wait for goes on.
 */
export async function accessToken(signal: AbortSignal): Promise<Answer<string>> {
  const kept = keptToken();
  if (kept) return kept;
  opening ??= open().finally(() => (opening = undefined));
  return Promise.race([opening, whenOver(signal)]);
}

/** This token is good no more; one that another tab has got meanwhile stays. */
export function forgetToken(token: string): void {
  const kept = browserStore.get<Session>(NAME);
  if (kept?.token === token) browserStore.set(NAME, { token, goodUntilMs: 0 } satisfies Session);
}

function keptToken(): Answer<string> | undefined {
  const kept = browserStore.get<Session>(NAME);
  if (!kept || kept.goodUntilMs <= Date.now()) return undefined;
  return { kind: 'ok', status: 200, body: kept.token, replayed: false };
}

/** One tab at a time: two that showed the same cookie at once would look like somebody who has stolen it. */
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
