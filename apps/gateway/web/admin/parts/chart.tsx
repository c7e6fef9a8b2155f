import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { ChartPoint } from '../state/launch-series';

export interface Line {
  key: Exclude<keyof ChartPoint, 't'>;
  label: string;
  /** A custom property of the page's palette. */
  color: string;
  dash?: boolean;
}

const HEIGHT = 180;
const GAP_SECONDS = 15; // ticks come at least every five seconds; a longer pause is shown as one

const TIME = {
  precise: new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' }),
  short: new Intl.DateTimeFormat(undefined, { timeStyle: 'short' }),
  day: new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' }),
};
const MINUTE_SECONDS = 60;
const DAY_SECONDS = 86_400;

/** Lines over time. The label says in words what they show: a canvas says nothing. */
export function Chart(props: { points: readonly ChartPoint[]; lines: readonly Line[]; label: string }) {
  const { points, lines, label } = props;
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const shown = useRef(points);
  shown.current = points;
  useEffect(() => {
    const element = frame.current!;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(
        optionsOf(element, lines, () => shown.current),
        dataOf(shown.current, lines),
        element,
      );
    };
    draw();
    const resized = new ResizeObserver(() =>
      plot.current?.setSize({ width: element.clientWidth, height: HEIGHT }),
    );
    resized.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    return () => {
      resized.disconnect();
      scheme.removeEventListener('change', draw);
      plot.current?.destroy();
      plot.current = null;
    };
  }, [lines]);
  useEffect(() => plot.current?.setData(dataOf(points, lines)), [points]);
  return <div class="chart" ref={frame} role="img" aria-label={label} />;
}

function optionsOf(
  element: HTMLElement,
  lines: readonly Line[],
  points: () => readonly ChartPoint[],
): uPlot.Options {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: color('--soft'),
    font: `12px ${style.fontFamily}`,
    grid: { stroke: color('--line'), width: 1 },
    ticks: { stroke: color('--line'), width: 1 },
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    cursor: { y: false, drag: { x: false, y: false } },
    legend: { live: true },
    scales: { y: { range: (_, __, max) => [0, Math.max(1, max * 1.1)] } },
    axes: [
      { ...axis, values: (_, moments) => moments.map((it) => momentWords(it, moments)) },
      { ...axis, size: 48 },
    ],
    series: [
      { label: 'Time', value: (_, moment) => (moment === null ? '–' : inWords(TIME.precise, moment)) },
      ...lines.map(({ key, label, color: name, dash }): uPlot.Series => ({
        label,
        stroke: color(name),
        width: 2,
        points: { show: points().length < 2 },
        ...(dash ? { dash: [4, 4] } : {}),
        value: (_, value) => (value === null ? '–' : String(Math.round(value * 10) / 10)),
        gaps: (self, __, from, to) => gapsOf(self, points(), from, to),
        scale: 'y',
        class: `line-${key}`,
      })),
    ],
  };
}

/** Where nothing is known, nothing is drawn: a line across it would be a claim. */
function gapsOf(self: uPlot, points: readonly ChartPoint[], from: number, to: number): uPlot.Series.Gaps {
  const step = stepOf(points);
  const gaps: uPlot.Series.Gaps = [];
  for (let i = Math.max(1, from); i <= to && i < points.length; i += 1) {
    const [before, after] = [points[i - 1]!.t, points[i]!.t];
    if (after - before > Math.max(GAP_SECONDS, step * 2))
      gaps.push([Math.round(self.valToPos(before, 'x', true)), Math.round(self.valToPos(after, 'x', true))]);
  }
  return gaps;
}

const stepOf = (points: readonly ChartPoint[]) => (points[1]?.t ?? 1) - (points[0]?.t ?? 0);

function dataOf(points: readonly ChartPoint[], lines: readonly Line[]): uPlot.AlignedData {
  return [points.map(({ t }) => t), ...lines.map(({ key }) => points.map((it) => it[key]))];
}

/** What stands at a line of the grid, as people write times where they are: as precise as the lines are dense. */
function momentWords(moment: number, all: readonly number[]): string {
  const step = (all[1] ?? DAY_SECONDS) - (all[0] ?? 0);
  if (step >= DAY_SECONDS) return inWords(TIME.day, moment);
  return inWords(step < MINUTE_SECONDS ? TIME.precise : TIME.short, moment);
}

const inWords = (format: Intl.DateTimeFormat, seconds: number) => format.format(new Date(seconds * 1_000));
