import { useEffect, useMemo } from 'preact/hooks';
import { formatCount } from '../../../shared/money';
import { clock } from '../../../shared/server-clock';
import { Chart, type Line } from '../../parts/chart';
import { Failure } from '../../parts/failure';
import { Section } from '../../parts/section';
import { session } from '../../state/current';
import { type ChartPoint, LaunchSeries, type Range } from '../../state/launch-series';
import type { LaunchStore } from '../../state/launch-store';

const WHOLE_EVERY_MS = 30_000;

interface Plan {
  title: string;
  lines: readonly Line[];
  /** In words, for who does not see the lines. */
  say: (points: readonly ChartPoint[]) => string;
}

const most = (points: readonly ChartPoint[], key: Exclude<keyof ChartPoint, 't'>) =>
  formatCount(Math.round(points.reduce((max, it) => Math.max(max, it[key]), 0)));

const PLANS: readonly Plan[] = [
  {
    title: 'Requests a second',
    lines: [
      { key: 'arrivals', label: 'Arrivals', color: '--soft', dash: true },
      { key: 'holds', label: 'Holds', color: '--accent' },
      { key: 'refusals', label: 'Refusals', color: '--warm' },
    ],
    say: (points) =>
      `At most ${most(points, 'arrivals')} arrivals, ${most(points, 'holds')} holds and ${most(points, 'refusals')} refusals a second.`,
  },
  {
    title: 'Payments a second',
    lines: [
      { key: 'paid', label: 'Paid', color: '--accent' },
      { key: 'failed', label: 'Failed', color: '--bad' },
    ],
    say: (points) =>
      `At most ${most(points, 'paid')} payments and ${most(points, 'failed')} failed ones a second.`,
  },
  {
    title: 'Readers',
    lines: [{ key: 'readers', label: 'Readers', color: '--accent' }],
    say: (points) => `At most ${most(points, 'readers')} readers.`,
  },
  {
    title: '99 in 100 answered in, ms',
    lines: [{ key: 'p99Ms', label: 'p99', color: '--warm' }],
    say: (points) => `At most ${most(points, 'p99Ms')} ms.`,
  },
];

const RANGES: readonly [Range, string][] = [
  ['recent', 'Last 10 minutes'],
  ['whole', 'The whole drop'],
];

/** What happened over time. Loaded with its library when it is shown. */
export function LaunchCharts({ store }: { store: LaunchStore }) {
  const series = useMemo(() => new LaunchSeries(store.dropId, session, () => clock.now()), [store]);
  const isReading = store.isReading.value;
  const range = series.range.value;
  // Also after a break: what the stream did not bring is in the kept figures.
  useEffect(() => {
    if (isReading) void series.load();
  }, [series, isReading]);
  useEffect(() => store.tick.subscribe((tick) => tick && series.add(tick)), [series]);
  useEffect(() => {
    if (range !== 'whole') return undefined;
    const timer = setInterval(() => void (document.hidden || series.load()), WHOLE_EVERY_MS);
    return () => clearInterval(timer);
  }, [series, range]);
  const points = series.points.value;
  const failure = series.failure.value;
  return (
    <Section title="Over time">
      <div class="buttons" role="group" aria-label="Time shown">
        {RANGES.map(([value, words]) => (
          <button
            key={value}
            class="small"
            type="button"
            aria-pressed={range === value}
            onClick={() => void series.load(value)}
          >
            {words}
          </button>
        ))}
      </div>
      {failure && <Failure answer={failure} retry={() => void series.load()} />}
      {!points && !failure && (
        <p class="loading" role="status">
          Loading…
        </p>
      )}
      {points?.length === 0 && <p class="empty">Nothing has happened in this drop yet.</p>}
      {points && points.length > 0 && (
        <div class="charts">
          {PLANS.map(({ title, lines, say }) => (
            <figure key={title}>
              <figcaption>{title}</figcaption>
              <Chart points={points} lines={lines} label={`${title}. ${say(points)}`} />
            </figure>
          ))}
        </div>
      )}
    </Section>
  );
}
