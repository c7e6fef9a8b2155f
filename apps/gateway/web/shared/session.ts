import { type Answer, readAnswer } from './answer';
import { recall, remember } from './storage';

interface Session {
  token: string;
  /** By this browser's clock. */
  goodUntilMs: number;
}

const STORE = 'holdfast.session';
const MARGIN_MS = 60_000;

let opening: Promise<Answer<string>> | undefined;

/** The customer's token: the one kept, or a new one. The cookie of the first session tells the shop that it is still the same customer. */
export async function accessToken(): Promise<Answer<string>> {
  const kept = recall<Session>(STORE);
  if (kept && kept.goodUntilMs > Date.now())
    return { kind: 'ok', status: 200, body: kept.token, location: null };
  opening ??= open().finally(() => (opening = undefined));
  return opening;
}

export function forgetToken(): void {
  remember(STORE, null);
}

async function open(): Promise<Answer<string>> {
  const response = await fetch('/v1/sessions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: '{}',
  });
  const answer = await readAnswer<{ accessToken: string; expiresIn: number }>(response);
  if (answer.kind !== 'ok') return answer;
  const { accessToken: token, expiresIn } = answer.body;
  remember(STORE, { token, goodUntilMs: Date.now() + expiresIn * 1000 - MARGIN_MS } satisfies Session);
  return { ...answer, body: token };
}
