interface Second {
  second: number;
  held: number;
  refused: number;
  errors: number;
}

/**
 * How long after a fault's end shoppers were served again without errors: until the end of the first such second that
 * began after the fault did, since the answers before it say nothing. Null: they were not, as long as the run lasted.
 * @param fault in ms since the first arrival
 */
export function recoveredAfterMs(
  seconds: readonly Second[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
): number | null {
  const served = seconds.find(
    ({ second, held, refused, errors }) =>
      second * 1_000 >= fromMs && (second + 1) * 1_000 > toMs && held + refused > 0 && errors === 0,
  );
  return served ? (served.second + 1) * 1_000 - toMs : null;
}
