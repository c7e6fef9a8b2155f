import { markup, type Markup } from './markup';
import { logScale, linearScale, type Scale, secondTicks } from './scales';

/** How a line is drawn: colour and dashes, so that it is told apart on paper and by the colour-blind. */
export type Look = 1 | 2 | 3 | 4 | 5;

export interface Line {
  label: string;
  look: Look;
  values: readonly (number | null)[];
}

/** What happened at a time: a stretch, or a moment when `from` is `to`. */
export interface Mark {
  /** One or two letters, explained below the charts. */
  letter: string;
  from: number;
  to: number;
}

export interface Chart {
  title: string;
  /** What it shows, for those who do not see it. */
  says: string;
  /** Seconds of the first point and after the last one. */
  from: number;
  to: number;
  step: number;
  lines: readonly Line[];
  marks: readonly Mark[];
  limit: { value: number; label: string } | null;
  scale: 'linear' | 'log';
  /** A tick of the upright axis in words. */
  tick: (value: number) => string;
}

const WIDTH = 400;
const HEIGHT = 190;
const BOX = { left: 50, right: 392, top: 24, bottom: 166 };
const LETTER_PX = 12;

/** A figure with a line chart. Drawn for 400 pixels, and read well from 300 to 600. */
export function chart(it: Chart): Markup {
  const top = Math.max(0, ...it.lines.flatMap(({ values }) => values.map((value) => value ?? 0)));
  const highest = Math.max(top, it.limit?.value ?? 0);
  const y = (it.scale === 'log' ? logScale : linearScale)(highest, BOX.bottom, BOX.top);
  const x = (second: number) =>
    BOX.left + ((second - it.from) / Math.max(1, it.to - it.from)) * (BOX.right - BOX.left);
  return markup`<figure><figcaption>${it.title}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${`${it.title}. ${it.says}`}">
${marksOf(it, x)}${gridOf(it, y, x)}${limitOf(it, y)}
${it.lines.map((line) => pathOf(line, it, x, y))}
</svg>
<p class="legend" aria-hidden="true">${it.lines.map(swatch)}</p></figure>`;
}

const px = (value: number) => Math.round(value * 10) / 10;

function gridOf(it: Chart, y: Scale, x: (second: number) => number): Markup {
  const across = y.ticks.map(
    (value) =>
      markup`<path class="grid" d="M${BOX.left} ${px(y.at(value))}H${BOX.right}"/><text x="${BOX.left - 6}" y="${px(y.at(value)) + 4}" text-anchor="end">${it.tick(value)}</text>`,
  );
  const along = secondTicks(it.from, it.to).map(
    ({ second, label }) =>
      markup`<path class="grid" d="M${px(x(second))} ${BOX.bottom}v4"/><text x="${px(x(second))}" y="${BOX.bottom + 17}" text-anchor="middle">${label}</text>`,
  );
  return markup`${across}${along}`;
}

function limitOf({ limit }: Chart, y: Scale): Markup | null {
  if (!limit) return null;
  const at = px(y.at(limit.value));
  return markup`<path class="limit" d="M${BOX.left} ${at}H${BOX.right}"/><text class="limit-word" x="${BOX.right}" y="${at - 4}" text-anchor="end">${limit.label}</text>`;
}

/** Letters that would cover each other stand side by side. */
function marksOf({ marks, from, to }: Chart, x: (second: number) => number): Markup[] {
  let free = BOX.left;
  return [...marks]
    .sort((a, b) => a.from - b.from)
    .map(({ letter, ...it }) => {
      const left = x(Math.min(Math.max(it.from, from), to));
      const wide = Math.max(1.5, x(Math.min(Math.max(it.to, it.from), to)) - left);
      const at = Math.min(Math.max(left + wide / 2, free + LETTER_PX / 2), BOX.right - LETTER_PX / 2);
      free = at + LETTER_PX / 2;
      const kind = it.to > it.from ? 'stretch' : 'moment';
      return markup`<rect class="${kind}" x="${px(left)}" y="${BOX.top}" width="${px(wide)}" height="${BOX.bottom - BOX.top}"/><text class="letter" x="${px(at)}" y="${BOX.top - 8}" text-anchor="middle">${letter}</text>`;
    });
}

/** A line through the middles of its steps; it is broken where nothing was measured. */
function pathOf(line: Line, { from, step }: Chart, x: (second: number) => number, y: Scale): Markup {
  let pen = 'M';
  let drawn = '';
  line.values.forEach((value, at) => {
    if (value === null) {
      pen = 'M';
      return;
    }
    const place = `${px(x(from + (at + 0.5) * step))} ${px(y.at(value))}`;
    const alone = pen === 'M' && (line.values[at + 1] ?? null) === null;
    drawn += `${pen}${place}${alone ? 'h.1' : ''}`;
    pen = 'L';
  });
  return markup`<path class="line look-${line.look}" d="${drawn}"/>`;
}

function swatch({ label, look }: Line): Markup {
  return markup`<span><svg viewBox="0 0 26 8" width="26" height="8" aria-hidden="true"><path class="line look-${look}" d="M1 4H25"/></svg>${label}</span>`;
}

/** A small line without axes, from 0 to 1. */
export function sparkline(values: readonly (number | null)[], says: string): Markup {
  const wide = 100;
  const high = 22;
  const steps = Math.max(1, values.length - 1);
  const points = values.map(
    (value, at) => `${px((at / steps) * wide)} ${px(high - 1 - Math.min(1, value ?? 0) * (high - 2))}`,
  );
  return markup`<svg class="spark" viewBox="0 0 ${wide} ${high}" preserveAspectRatio="none" role="img" aria-label="${says}"><path class="full" d="M0 1H${wide}"/><path class="line look-1" d="M${points.join('L')}"/></svg>`;
}
