/** Makes the compiler prove that a `switch` is exhaustive. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${String(value)}`);
}
