import Table from 'cli-table3';
import type { Colours } from './terminal';

const ROWS_MAX = 60; // a screen or two; all of them are in --json

/** A plain table for people: no vertical rules, numbers to the right. */
export function table(
  colours: Colours,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const numeric = head.map((_, at) => rows.length > 0 && rows.every((row) => typeof row[at] === 'number'));
  const drawn = new Table({
    head: head.map((word) => colours.bold(word)),
    colAligns: numeric.map((is) => (is ? 'right' : 'left')),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    chars: PLAIN,
  });
  for (const row of rows.slice(0, ROWS_MAX)) {
    drawn.push(row.map((cell) => (typeof cell === 'number' ? grouped(cell) : printable(cell))));
  }
  const rest = rows.length - ROWS_MAX;
  return drawn.toString() + (rest > 0 ? `\n… and ${grouped(rest)} more (--json shows all)` : '');
}

const SIDES = ['top', 'bottom', 'left', 'right'].flatMap((side) => [side, `${side}-mid`]);
const CORNERS = ['top-left', 'top-right', 'bottom-left', 'bottom-right', 'mid', 'mid-mid', 'middle'];
const PLAIN = Object.fromEntries([...SIDES, ...CORNERS].map((part) => [part, '']));

/** 12,000 rather than 12000. */
export function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

/** Text of others (names from a file) without characters that a terminal would obey. Colours of our own stay. */
function printable(text: string): string {
  return text.replace(/(?!\u001b\[\d+m)[\u0000-\u001f\u007f-\u009f]/g, ' ');
}

/** `1 product`, `2 products`. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}
