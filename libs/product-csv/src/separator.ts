import { knownColumns } from './columns';
import { endOfLine, nextLine } from './line-ends';

/** Where the header begins, or why the file cannot be read with commas. */
export type Separated =
  { kind: 'commas'; start: number; note: string | null } | { kind: 'fault'; reason: string };

const OTHERS: readonly [separator: string, name: string][] = [
  [';', 'semicolons'],
  ['\t', 'tabs'],
  ['|', 'vertical bars'],
];

const HEADER_BYTES_MAX = 64 * 1024; // far more than the columns of any export

/** Spreadsheets are told the separator by a line before the header, such as `sep=;`. */
const SEP_LINE = /^"?sep=(.)"?[\s,;|]*$/i;

/** Checks the first lines, so that another separator is reported as such, and not as missing columns. */
export function findSeparator(bytes: Buffer): Separated {
  const first = startOfText(bytes, 0);
  const said = SEP_LINE.exec(lineAt(bytes, first))?.[1];
  if (said !== undefined && said !== ',') return fault(nameOf(said), `the file begins with "sep=${said}"`);
  const start = said === undefined ? first : startOfText(bytes, nextLine(bytes, first));
  const other = otherSeparator(lineAt(bytes, start));
  if (other !== null) return fault(other, 'the header says so');
  const note = said === undefined ? null : 'the line "sep=," is only for spreadsheets and was skipped';
  return { kind: 'commas', start, note };
}

/** The name of the separator by which more columns are known than by commas, or null. */
function otherSeparator(header: string): string | null {
  const byComma = knownColumns(split(header, ','));
  let best = { known: byComma, name: null as string | null };
  for (const [separator, name] of OTHERS) {
    const fields = split(header, separator);
    const known = knownColumns(fields);
    // Columns of another program are not known at all; then a header without a single comma tells.
    const alone = byComma === 0 && known === 0 && fields.length > 1 && !header.includes(',');
    if (known > best.known || (alone && best.name === null)) best = { known, name };
  }
  return best.name;
}

function split(header: string, separator: string): string[] {
  return header.split(separator).map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
}

function nameOf(separator: string): string {
  return OTHERS.find(([other]) => other === separator)?.[1] ?? `"${separator}"`;
}

function fault(name: string, why: string): Separated {
  return {
    kind: 'fault',
    reason: `the columns are separated by ${name} (${why}): save the file with commas and import it again`,
  };
}

function startOfText(bytes: Buffer, from: number): number {
  let start = from;
  while (start < bytes.length && lineAt(bytes, start).trim() === '') start = nextLine(bytes, start);
  return start;
}

function lineAt(bytes: Buffer, start: number): string {
  return bytes.subarray(start, Math.min(endOfLine(bytes, start), start + HEADER_BYTES_MAX)).toString('utf8');
}
