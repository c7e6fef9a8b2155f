import { type Answer, readAnswer } from './answer';
import { accessToken, forgetToken } from './session';

interface Call {
  method?: 'GET' | 'POST' | 'DELETE';
  body?: string;
  key?: string;
  /** As the customer of this browser. */
  asCustomer?: boolean;
  /**
   * By default nothing comes from the browser's cache, where an answer keeps the server's time of long ago. `no-cache` saves the bytes of what
   * has not changed.
   */
  cache?: RequestCache;
  /** From the click to the answer, the session included. */
  deadlineMs?: number;
}

/** The shop answers in 2.5 s or says that it is busy; proxies in front of it give up after 6 s. */
const DEADLINE_MS = 8_000;

/** Asks the shop once. An answer that does not come in time is `unreachable`, whatever it is that hangs. */
export async function call<T>(path: string, options: Call = {}): Promise<Answer<T>> {
  const signal = AbortSignal.timeout(options.deadlineMs ?? DEADLINE_MS);
  try {
    const answer = await attempt<T>(path, options, signal);
    if (!options.asCustomer || answer.kind !== 'problem' || answer.status !== 401) return answer;
    // The token is over, or the shop has a new secret: who we are comes back with the cookie.
    return await attempt<T>(path, options, signal);
  } catch {
    return { kind: 'unreachable' };
  }
}

async function attempt<T>(path: string, options: Call, signal: AbortSignal): Promise<Answer<T>> {
  const { method = 'GET', body, key, asCustomer, cache = 'no-store' } = options;
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (key !== undefined) headers['idempotency-key'] = key;
  let token: string | undefined;
  if (asCustomer) {
    const session = await accessToken(signal);
    if (session.kind !== 'ok') return session;
    token = session.body;
    headers['authorization'] = `Bearer ${token}`;
  }
  const init: RequestInit = { method, headers, signal, cache };
  if (body !== undefined) init.body = body;
  const answer = await readAnswer<T>(await fetch(path, init));
  if (token !== undefined && answer.kind === 'problem' && answer.status === 401) forgetToken(token);
  return answer;
}
