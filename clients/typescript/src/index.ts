import createClient, { type Client } from 'openapi-fetch';
import type { components, paths } from './api.generated.js';

export type { components, operations, paths } from './api.generated.js';

/** The shapes of the API by name, such as `Schemas['AdminDrop']`. */
export type Schemas = components['schemas'];

/** A method for each HTTP method: `GET(path, { params })`, `POST(path, { params, body })`, …; paths, parameters, bodies and answers are typed. */
export type HoldfastClient = Client<paths, Json>;

/** Where an answer also exists as CSV, `data` has the type of the JSON; `parseAs: 'text'` is for the other. */
type Json = 'application/json' | 'application/problem+json';

export interface HoldfastClientOptions {
  /** Where the gateway is, such as `https://drops.example`. */
  baseUrl: string;
  /** The bearer token: an API key (`hfk_…`) or an access token. A function is asked before each request, for tokens that end. */
  token?: string | undefined | (() => string | undefined | Promise<string | undefined>);
  /** In place of the global `fetch`: for deadlines, retries, tests. */
  fetch?: (request: Request) => Promise<Response>;
}

/**
 * A client of one Holdfast. Each call resolves with `{ data, response }`, or with `{ error, response }` for an answer that is not 2xx, where
 * `error` is a problem document (RFC 9457); it rejects only when no answer came. Whether the request was carried out is not known then: send it
 * again with the same `Idempotency-Key`.
 */
export function createHoldfastClient({ baseUrl, token, fetch }: HoldfastClientOptions): HoldfastClient {
  const client = createClient<paths, Json>({ baseUrl, ...(fetch ? { fetch } : {}) });
  if (token !== undefined)
    client.use({
      async onRequest({ request }) {
        const text = typeof token === 'function' ? await token() : token;
        if (text !== undefined) request.headers.set('authorization', `Bearer ${text}`);
        return request;
      },
    });
  return client;
}
