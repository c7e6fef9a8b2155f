// k6 reads this file as it is: it must not import anything.

/**
 * First numbers of networks that are reserved and that nobody has (240.0.0.0/4, RFC 1112): what an imagined shopper uses up
 * of the limits of an address is never that of a real client, and no real one stands in the log in its place.
 */
const FIRST = { from: 240, count: 14, rented: 254 } as const;

/** An invented address of a shopper: among many thousand networks, so that few share one. */
export function inventedAddress(random: () => number): string {
  const number = (below: number) => Math.floor(random() * below);
  return `${FIRST.from + number(FIRST.count)}.${number(256)}.${number(256)}.${1 + number(254)}`;
}

/** An address of somebody who rents machines: all in a few networks. */
export function rentedAddress(random: () => number): string {
  const number = (below: number) => Math.floor(random() * below);
  return `${FIRST.rented}.${number(4)}.${number(4)}.${1 + number(254)}`;
}
