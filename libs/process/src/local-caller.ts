import type { IncomingMessage } from 'node:http';
import { isLoopback } from '@holdfast/config';

/** Set by proxies: the request is forwarded for a client that may be anywhere. */
const FORWARDING = /^(forwarded|via|x-real-ip|x-forwarded-.+)$/;
const HOST = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::\d{1,5})?$/i;
const WILDCARDS = new Set(['0.0.0.0', '::']);

type Asked = Pick<IncomingMessage, 'headers'> & { socket: { remoteAddress?: string | undefined } };

/**
 * Whether a request comes from a program on this machine, which is trusted as the operator's. The peer's
 * address alone is no proof: a proxy on the same machine has it, too, and so has a browser whose page
 * resolved its own name to this machine (DNS rebinding). So the request must not be forwarded, and `Host`
 * must name this machine.
 * @param ownHost the address that the server listens on
 */
export function isLocalCaller({ socket, headers }: Asked, ownHost: string): boolean {
  return (
    isLoopbackPeer(socket.remoteAddress) &&
    namesThisMachine(headers.host, ownHost) &&
    !Object.keys(headers).some((name) => FORWARDING.test(name))
  );
}

export function isLoopbackPeer(address: string | undefined): boolean {
  return address !== undefined && isLoopback(address.replace(/^::ffff:/, ''));
}

/**
 * True for `localhost`, a loopback address, and the address that the server listens on, each with or without
 * a port.
 */
export function namesThisMachine(host: string | undefined, ownHost: string): boolean {
  const name = HOST.exec(host ?? '')?.[1]
    ?.toLowerCase()
    .replace(/^\[|\]$/g, '');
  if (name === undefined) return false;
  return isLoopback(name) || (name === ownHost.toLowerCase() && !WILDCARDS.has(name));
}
