/** Where a service listens. */
export interface Address {
  host: string;
  port: number;
}

const ADDRESS = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/;

/** Parses `host:port`, with an IPv6 address in brackets. Throws if it is invalid. */
export function parseAddress(text: string): Address {
  const match = ADDRESS.exec(text.trim());
  const port = Number(match?.[3]);
  if (!match || port > 65_535) throw new Error(`not an address (host:port): ${text}`);
  return { host: (match[1] ?? match[2])!, port };
}
