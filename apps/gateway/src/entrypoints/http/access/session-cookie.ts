import type { FastifyRequest } from 'fastify';
import { type AppConfig, isLoopback } from '@holdfast/config';
import { isOverTls } from '../server/public-origin';
import { REFRESH } from './tokens';

/** Browsers take a `__Host-` cookie only from this very origin, over TLS (or localhost), for every path. */
const SECURE = '__Host-holdfast-session';
/**
 * On plain http beyond this machine they drop it, and the shopper would be somebody else after 15 minutes. There, and only there, the cookie has
 * this name and no `Secure`; elsewhere it is not read, so that nobody can slip one in from a neighbouring origin.
 */
const PLAIN = 'holdfast-session';

/** The value of Set-Cookie. A token is made of characters that need no encoding (RFC 7515, appendix C). */
export function sessionCookie(token: string, request: FastifyRequest, config: AppConfig): string {
  return write(token, REFRESH.seconds, isPlainHttp(request, config));
}

/** The value of Set-Cookie that makes the browser forget it. */
export function noSessionCookie(request: FastifyRequest, config: AppConfig): string {
  return write('', 0, isPlainHttp(request, config));
}

/** The token in the Cookie header, if there is one. */
export function readSessionCookie(request: FastifyRequest, config: AppConfig): string | undefined {
  const { cookie } = request.headers;
  if (cookie === undefined) return undefined;
  const name = isPlainHttp(request, config) ? PLAIN : SECURE;
  const pair = cookie.split(';').find((part) => part.trimStart().startsWith(`${name}=`));
  return pair?.trim().slice(name.length + 1) || undefined;
}

function write(token: string, seconds: number, plain: boolean): string {
  const name = plain ? PLAIN : SECURE;
  return `${name}=${token}; Path=/; Max-Age=${seconds}; HttpOnly; ${plain ? '' : 'Secure; '}SameSite=Strict`;
}

/** The page's own origin says so: browsers send it with each POST and DELETE. Programs send none and keep the secure one. */
function isPlainHttp(request: FastifyRequest, config: AppConfig): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined || !origin.startsWith('http://') || isOverTls(request, config)) return false;
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  const name = url.hostname.replace(/^\[|\]$/g, '');
  // nginx hands `Host` on without the port.
  return (url.host === host || url.hostname === host) && !isLoopback(name) && !name.endsWith('.localhost');
}
