/**
 * PostgreSQL array literals, written by hand: the driver's own way asks the type of each element and costs a third of a batch's encoding.
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

/** NUL is the one character that PostgreSQL's text cannot hold. */
const NEEDS_CARE = /["\\\u0000]/;

/** A NUL becomes the replacement character: such a SKU exists nowhere, so the answer is the right one without an error in the ledger. */
function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\0', '\uFFFD');
}
