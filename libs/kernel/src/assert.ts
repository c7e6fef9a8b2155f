/**
 * Lets the compiler check that a `switch` over a union is exhaustive; throws if an unexpected value arrives
 * at run time.
 */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}

/** Checks an invariant of the program, which only a bug can break; the message states the invariant. */
export function invariant(condition: unknown, believed: string): asserts condition {
  if (!condition) throw new Error(`broken invariant: ${believed}`);
}
