import {
  createHoldfastClient,
  type HoldfastClient,
  type paths,
} from '../../../../../clients/typescript/src/index';
import { type Answer, answerOf } from '../../shared/answer';

export type { HoldfastClient, Schemas } from '../../../../../clients/typescript/src/index';

/** The JSON body of an operation. */
export type BodyOf<Path extends keyof paths, Method extends keyof paths[Path]> = paths[Path][Method] extends {
  requestBody?: { content: { 'application/json': infer Body } };
}
  ? Body
  : never;

/** What a call of the typed client resolves with. */
export interface Sent<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** One request by the typed client; it is called again where a token has ended. */
export type Send<T> = (api: HoldfastClient) => Promise<Sent<T>>;

export interface CallOptions {
  token?: string;
  /** From sending to the end of the answer. `Infinity` for a stream. */
  deadlineMs: number;
}

/** Asks once; nothing is thrown. */
export async function send<T>(request: Send<T>, { token, deadlineMs }: CallOptions): Promise<Answer<T>> {
  // Nothing comes from the browser's cache, where an answer keeps the server's time of long ago.
  const init: RequestInit = { cache: 'no-store' };
  if (Number.isFinite(deadlineMs)) init.signal = AbortSignal.timeout(deadlineMs);
  const api = createHoldfastClient({ baseUrl: location.origin, token, fetch: (it) => fetch(it, init) });
  try {
    const { data, error, response } = await request(api);
    return answerOf<T>(response, response.ok ? data : objectOr(error));
  } catch {
    return { kind: 'unreachable' };
  }
}

/** A proxy's own error page is no problem document. */
const objectOr = (error: unknown): unknown => (typeof error === 'object' ? error : null);
