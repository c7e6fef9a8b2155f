import type { FastifyRequest } from 'fastify';
import type { AppConfig } from '@holdfast/config';

/** The origin under which a client reaches us: as configured, else as it says itself. */
export function publicOrigin(request: FastifyRequest, config: AppConfig): string {
  return config.publicAddress ?? `${isOverTls(request, config) ? 'https' : 'http'}://${request.headers.host}`;
}

/** Whether shoppers reach us over TLS: our public address says so, or a proxy of ours does. */
export function isOverTls(request: FastifyRequest, { publicAddress, proxyHops }: AppConfig): boolean {
  if (publicAddress?.startsWith('https:')) return true;
  // Fastify reads X-Forwarded-Proto only from proxies that it trusts.
  return proxyHops > 0 && request.protocol === 'https';
}
