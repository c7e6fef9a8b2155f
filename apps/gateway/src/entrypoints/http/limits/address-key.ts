import { isIP, isIPv6 } from 'node:net';
import type { FastifyRequest } from 'fastify';

/**
 * The key of an address for limits: an IPv4 address itself, of an IPv6 address its /64, because a single
 * household has that many addresses and could use a new one for each request.
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

/** The /48 of the /64 that `addressKey` returns; null for IPv4. */
export function blockOf(key: string): string | null {
  return key.includes(':') ? key.split(':').slice(0, 3).join(':') : null;
}

/**
 * The client's address as reported by trusted proxies; the peer's own if that is not an address. In a rehearsal that of
 * the imagined shopper, because the load of thousands comes from one machine.
 */
export function clientAddress(request: FastifyRequest): string {
  const imagined = request.rehearsal?.address;
  if (imagined) return imagined;
  const told = request.ip;
  return isIP(told) === 0 ? (request.socket.remoteAddress ?? '') : told;
}
