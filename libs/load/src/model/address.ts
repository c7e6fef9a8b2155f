// k6 reads this file as it is: it must not import anything.

/** First numbers of networks of the public internet that have no special use. */
const FIRST = [5, 31, 46, 62, 77, 80, 84, 88, 91, 93, 109, 141, 151, 176, 178, 185, 188, 193, 212, 217];

/** An invented address of a shopper: among many thousand networks, so that few share one. */
export function inventedAddress(random: () => number): string {
  const number = (below: number) => Math.floor(random() * below);
  return `${FIRST[number(FIRST.length)]}.${number(256)}.${number(256)}.${1 + number(254)}`;
}

/** An address of somebody who rents machines: all in a few networks. */
export function rentedAddress(random: () => number): string {
  const number = (below: number) => Math.floor(random() * below);
  return `45.${number(4)}.${number(4)}.${1 + number(254)}`;
}
