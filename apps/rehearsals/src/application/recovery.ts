interface Second {
  second: number;
  held: number;
  refused: number;
  errors: number;
}

/**
 * How long after a fault's end (ms since the first arrival) shoppers were served again without errors: until the end
 * of the first such second. Null: they were not, as long as the run lasted.
 */
export function recoveredAfterMs(seconds: readonly Second[], faultEndMs: number): number | null {
  const served = seconds.find(
    ({ second, held, refused, errors }) =>
      (second + 1) * 1_000 > faultEndMs && held + refused > 0 && errors === 0,
  );
  return served ? (served.second + 1) * 1_000 - faultEndMs : null;
}
