/**
 * PostgreSQL array literals, written by hand: the driver's encoder checks the type of each element and takes
 * a third of a batch's encoding.
 * Source: PostgreSQL documentation, 8.15.2 "Array Value Input".
 */
export function textArray(values: readonly (string | null)[]): string {
  let literal = '{';
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i]!;
    if (i > 0) literal += ',';
    literal += value === null ? 'NULL' : `"${NEEDS_CARE.test(value) ? escaped(value) : value}"`;
  }
  return `${literal}}`;
}

export function intArray(values: readonly number[]): string {
  return `{${values.join(',')}}`;
}

/** The only character that PostgreSQL's text cannot contain. */
const NEEDS_CARE = /["\\\u0000]/;

/**
 * Replaces NUL with the replacement character: no such SKU exists, so the ledger gives the right answer
 * without an error.
 */
function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\0', '\uFFFD');
}
