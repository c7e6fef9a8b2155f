/** Makes the compiler prove that a `switch` over a union is exhaustive; throws when a foreign value got in at run time. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}

/** Checks something that only a defect of ours can break; the message says what was believed. */
export function invariant(condition: unknown, believed: string): asserts condition {
  if (!condition) throw new Error(`broken invariant: ${believed}`);
}
