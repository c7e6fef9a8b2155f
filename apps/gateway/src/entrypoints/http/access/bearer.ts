import type { IncomingMessage } from 'node:http';

/** Valid tokens have about 350 characters. Longer ones are refused before they are parsed. */
export const TOKEN_LENGTH_MAX = 1_024;

const SCHEME = 'Bearer ';
const TOKEN = /^[\x21-\x7e]+$/;

/**
 * The token of an Authorization header: the scheme (in any case, RFC 9110), one space, one token and nothing
 * else. Undefined for whatever else stands there, and when the header came more than once: of two, Node would
 * give us the first and hide the second.
 */
export function bearerTokenOf({
  headers,
  rawHeaders,
}: Pick<IncomingMessage, 'headers' | 'rawHeaders'>): string | undefined {
  const { authorization } = headers;
  if (authorization === undefined || authorization.length > SCHEME.length + TOKEN_LENGTH_MAX)
    return undefined;
  if (!authorization.startsWith(SCHEME) && authorization.slice(0, SCHEME.length).toLowerCase() !== 'bearer ')
    return undefined;
  const token = authorization.slice(SCHEME.length);
  return TOKEN.test(token) && timesOf(rawHeaders, 'authorization') === 1 ? token : undefined;
}

/** How often a header came. @param name in lower case */
export function timesOf(rawHeaders: readonly string[], name: string): number {
  let times = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const header = rawHeaders[i]!;
    if (header.length === name.length && header.toLowerCase() === name) times += 1;
  }
  return times;
}
