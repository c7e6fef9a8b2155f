import { REFRESH } from './tokens';

/** Browsers take a `__Host-` cookie only from this very origin, over TLS (or localhost), for every path. */
const NAME = '__Host-holdfast-session';

/** The value of Set-Cookie. A token is made of characters that need no encoding (RFC 7515, appendix C). */
export function sessionCookie(token: string): string {
  return `${NAME}=${token}; Path=/; Max-Age=${REFRESH.seconds}; HttpOnly; Secure; SameSite=Strict`;
}

/** The token in a Cookie header, if there is one. */
export function readSessionCookie(header: string | undefined): string | undefined {
  const pair = header?.split(';').find((part) => part.trimStart().startsWith(`${NAME}=`));
  return pair?.trim().slice(NAME.length + 1) || undefined;
}
