import type { IncomingMessage } from 'node:http';
import { isLoopback } from '@holdfast/config';

/** Written by proxies. Whoever sends one speaks for somebody else, who may sit anywhere. */
const FORWARDING = /^(forwarded|via|x-real-ip|x-forwarded-.+)$/;
const HOST = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::\d{1,5})?$/i;
const WILDCARDS = new Set(['0.0.0.0', '::']);

type Asked = Pick<IncomingMessage, 'headers'> & { socket: { remoteAddress?: string | undefined } };

/**
 * Whether a request comes from a program on this machine, which is believed to be the operator's. The peer's address alone does not tell: a
 * proxy on the same machine has it, too, and so has a browser whose page was given this machine's address for a name of its own (DNS
 * rebinding). So nothing may have been forwarded, and `Host` must name this machine.
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

/** True for `localhost`, an address of the loopback network, and what the server was told to listen on, each with a port or without. */
export function namesThisMachine(host: string | undefined, ownHost: string): boolean {
  const name = HOST.exec(host ?? '')?.[1]
    ?.toLowerCase()
    .replace(/^\[|\]$/g, '');
  if (name === undefined) return false;
  return isLoopback(name) || (name === ownHost.toLowerCase() && !WILDCARDS.has(name));
}
