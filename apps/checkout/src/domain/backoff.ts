const FIRST_MS = 150; // a lost answer is asked for again while the shopper still looks at the page
const LAST_MS = 15_000; // an order that waits for days costs four checks a minute

/** How long to wait before the next check: doubling, with half of it left to chance so that a crowd does not come back as one. */
export function backoffMs(tries: number, random: () => number): number {
  const whole = Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(tries, 16));
  return Math.round(whole * (0.5 + random() / 2));
}
