import { clock } from './server-clock';
import type { Problem } from './types';

/** Every way in which a call can end; nothing is thrown. */
export type Answer<T> =
  | {
      kind: 'ok';
      status: number;
      body: T;
      /** The key was used before: the body shows what was answered then. */
      replayed: boolean;
      /** Of the version that the body shows, for `If-Match`. */
      etag?: string;
    }
  | { kind: 'problem'; status: number; problem: Problem; retryAfterSeconds: number | null }
  /** No answer came: whether anything happened is not known. */
  | { kind: 'unreachable' };

export type NoAnswer = Exclude<Answer<never>, { kind: 'ok' }>;

/** Turns a response into an answer. Throws when the connection broke in the middle. */
export async function readAnswer<T>(response: Response): Promise<Answer<T>> {
  const text = await response.text();
  const body = text === '' ? null : parse(text);
  if (response.ok && text !== '' && body === null) return { kind: 'unreachable' }; // not an answer of the shop
  return answerOf<T>(response, body);
}

/** The answer that a response is, by its decoded body: null where there is none, or none of ours. */
export function answerOf<T>(response: Response, body: unknown): Answer<T> {
  const serverTime = (body as { serverTime?: string } | null)?.serverTime;
  if (serverTime) clock.heard(serverTime);
  else clock.heardDate(response.headers.get('date'));
  if (response.ok) {
    const replayed = response.headers.get('idempotent-replayed') === 'true';
    const etag = response.headers.get('etag');
    return {
      kind: 'ok',
      status: response.status,
      body: body as T,
      replayed,
      ...(etag === null ? {} : { etag }),
    };
  }
  const retryAfter = Number(response.headers.get('retry-after') ?? NaN);
  return {
    kind: 'problem',
    status: response.status,
    problem: (body ?? { code: 'internal-error', title: '', detail: '' }) as Problem,
    retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : null,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // a proxy's own error page
  }
}
