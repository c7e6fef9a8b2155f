import { markup, type Markup } from '../markup';

export type Cell = string | Markup;

/** Characters of a figure that is not broken into two lines. */
const SHORT = 14;

/**
 * A table of figures: the first column names the row, the others stand to the right. `stacked`: on a narrow screen each name stands
 * above its figures; browsers differ in whether that is still a table for a screen reader, so each part says what it is.
 */
export function figuresTable(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  look: 'plain' | 'stacked' = 'plain',
): Markup {
  const role = look === 'stacked' ? roles : noRoles;
  const names = head.map(
    (word, at) =>
      markup`<th scope="col"${role('columnheader')}${at > 0 && markup` class="figure"`}>${word}</th>`,
  );
  return markup`<table class="${look}"${role('table')}><caption>${caption}</caption>
<thead${role('rowgroup')}><tr${role('row')}>${names}</tr></thead>
<tbody${role('rowgroup')}>${rows.map((cells) => rowOf(cells, role))}</tbody></table>`;
}

const roles = (name: string) => markup` role="${name}"`;
const noRoles = () => null;

function rowOf([name, ...cells]: readonly Cell[], role: (name: string) => Markup | null): Markup {
  const figures = cells.map(
    (cell) =>
      markup`<td class="figure${typeof cell === 'string' && cell.length <= SHORT && ' short'}"${role('cell')}>${cell}</td>`,
  );
  return markup`<tr${role('row')}><th scope="row"${role('rowheader')}>${name ?? ''}</th>${figures}</tr>\n`;
}

/** Kept or broken, in a word and a sign: colour alone says nothing on paper. */
export const kept = (ok: boolean, good = 'held', bad = 'broke'): Markup =>
  ok ? markup`<span class="good">✓ ${good}</span>` : markup`<span class="bad">✗ ${bad}</span>`;

/** Names with their values. */
export function factList(rows: readonly (readonly [string, Cell])[]): Markup {
  return markup`<dl class="facts">${rows.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}
