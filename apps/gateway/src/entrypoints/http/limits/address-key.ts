import { isIP, isIPv6 } from 'node:net';
import type { FastifyRequest } from 'fastify';

/**
 * Whom an address stands for: an IPv4 address for itself, an IPv6 one for its /64, because a single household is given that many and could
 * take a fresh one for each request.
 */
export function addressKey(address: string): string {
  if (!isIPv6(address)) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped) return mapped[1]!;
  const [head = '', tail] = address.split('%')[0]!.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros =
    tail === undefined ? [] : new Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  return [...left, ...zeros, ...right].slice(0, 4).join(':').toLowerCase();
}

/** The /48 around the /64 that `addressKey` gives; null for IPv4, where an address is all that anybody is given. */
export function blockOf(key: string): string | null {
  return key.includes(':') ? key.split(':').slice(0, 3).join(':') : null;
}

/** Whom we speak with, as our own proxies tell it; the peer itself when what they told is no address. */
export function clientAddress(request: FastifyRequest): string {
  const told = request.ip;
  return isIP(told) === 0 ? (request.socket.remoteAddress ?? '') : told;
}
