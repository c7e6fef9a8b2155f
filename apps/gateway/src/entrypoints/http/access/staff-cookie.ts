import type { FastifyRequest } from 'fastify';
import { type AppConfig, isLoopback } from '@holdfast/config';
import { isOverTls } from '../server/public-origin';

const SECURE = '__Secure-holdfast-staff';
/** On plain http at this machine only: beyond it a browser must not send a merchant's session in the clear. */
const PLAIN = 'holdfast-staff';

/** What is longer, or has other characters, is none of ours. */
const REFRESH_TOKEN = /^[\w-]{1,100}$/;

/** The value of Set-Cookie for the refresh token of staff. A token is base64url: it needs no encoding. */
export function staffCookie(
  token: string,
  seconds: number,
  request: FastifyRequest,
  config: AppConfig,
): string {
  const plain = isPlainHere(request, config);
  return `${plain ? PLAIN : SECURE}=${token}; Path=/v1/auth; Max-Age=${seconds}; HttpOnly; ${plain ? '' : 'Secure; '}SameSite=Strict`;
}

/** The value of Set-Cookie that makes the browser forget it. */
export function noStaffCookie(request: FastifyRequest, config: AppConfig): string {
  return staffCookie('', 0, request, config);
}

/** The refresh token in the Cookie header, if there is one. */
export function readStaffCookie(request: FastifyRequest, config: AppConfig): string | undefined {
  const name = isPlainHere(request, config) ? PLAIN : SECURE;
  const pair = request.headers.cookie?.split(';').find((part) => part.trimStart().startsWith(`${name}=`));
  const token = pair?.trim().slice(name.length + 1) ?? '';
  return REFRESH_TOKEN.test(token) ? token : undefined;
}

/** Whether the request comes from a page of this very origin: browsers say so with each POST. */
export function isSameOrigin(request: FastifyRequest, config: AppConfig): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined || host === undefined || !URL.canParse(origin)) return false;
  const url = new URL(origin);
  if (config.publicAddress !== null) return url.origin === new URL(config.publicAddress).origin;
  return url.host === host && (!isOverTls(request, config) || url.protocol === 'https:');
}

function isPlainHere(request: FastifyRequest, config: AppConfig): boolean {
  const { host } = request.headers;
  if (host === undefined || isOverTls(request, config) || !URL.canParse(`http://${host}`)) return false;
  return isLoopback(new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, ''));
}
