import { type Answer, readAnswer } from './answer';
import { accessToken, forgetToken } from './session';

interface Call {
  method?: 'GET' | 'POST' | 'DELETE';
  body?: string;
  key?: string;
  /** As the customer of this browser. */
  asCustomer?: boolean;
}

const DEADLINE_MS = 12_000;

export async function call<T>(path: string, options: Call = {}): Promise<Answer<T>> {
  const answer = await attempt<T>(path, options);
  if (!options.asCustomer || answer.kind !== 'problem' || answer.status !== 401) return answer;
  forgetToken(); // over, or the shop has a new secret: who we are comes back with the cookie
  return attempt<T>(path, options);
}

async function attempt<T>(path: string, { method = 'GET', body, key, asCustomer }: Call): Promise<Answer<T>> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (key !== undefined) headers['idempotency-key'] = key;
  try {
    if (asCustomer) {
      const token = await accessToken();
      if (token.kind !== 'ok') return token;
      headers['authorization'] = `Bearer ${token.body}`;
    }
    const init: RequestInit = { method, headers, signal: AbortSignal.timeout(DEADLINE_MS) };
    if (body !== undefined) init.body = body;
    return await readAnswer<T>(await fetch(path, init));
  } catch {
    return { kind: 'unreachable' };
  }
}
