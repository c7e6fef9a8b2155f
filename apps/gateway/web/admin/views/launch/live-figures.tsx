import { formatMoment } from '../../../shared/duration';
import { formatCount, formatMoney } from '../../../shared/money';
import { Section } from '../../parts/section';
import type { LaunchStore } from '../../state/launch-store';
import { online } from '../../state/online';
import type { DropStats } from '../../state/types';
import { orderStateWords, refusalWords } from '../../words';

const EMPTY = '–';
const rate = (value: number | undefined) => (value === undefined ? EMPTY : formatRate(value));

/** `0.4`, `12`, `1,234`: below ten the tenths matter. */
function formatRate(value: number): string {
  return value > 0 && value < 10 ? value.toFixed(1) : formatCount(Math.round(value));
}

/** What happens now, a second, and what has happened so far. */
export function LiveFigures({ store }: { store: LaunchStore }) {
  const tick = store.tick.value;
  const stats = store.stats.data.value;
  const figures: [label: string, value: string, id: string][] = [
    ['Arrivals a second', rate(tick?.rates.arrivals), 'arrivals'],
    ['Holds a second', rate(tick?.rates.holds), 'holds'],
    ['Payments a second', rate(tick?.rates.paid), 'paid'],
    ['Failed payments a second', rate(tick?.rates.failed), 'failed'],
    ['Readers', tick ? formatCount(tick.readers) : EMPTY, 'readers'],
    ['99 in 100 answered in', tick ? `${formatCount(Math.round(tick.p99Ms))} ms` : EMPTY, 'p99'],
    ['Counts behind by', tick ? `${formatCount(Math.round(tick.sourceLagMs))} ms` : EMPTY, 'lag'],
  ];
  return (
    <Section title="Right now">
      <dl class={store.staleness.value === null && online.value ? 'rates' : 'rates numbers-stale'}>
        {figures.map(([label, value, id]) => (
          <div key={id}>
            <dt>{label}</dt>
            <dd data-testid={`now-${id}`}>{value}</dd>
          </div>
        ))}
      </dl>
      <div class="columns">
        <Refusals now={tick?.rates.refusals ?? {}} soFar={stats?.refusals ?? {}} />
        {stats && <Payments stats={stats} />}
      </div>
    </Section>
  );
}

function Refusals(props: { now: Record<string, number>; soFar: Record<string, number> }) {
  const { now, soFar } = props;
  const codes = [...new Set([...Object.keys(soFar), ...Object.keys(now)])];
  codes.sort((a, b) => (soFar[b] ?? 0) - (soFar[a] ?? 0));
  if (codes.length === 0)
    return (
      <div>
        <h3>Refusals</h3>
        <p class="soft">None so far.</p>
      </div>
    );
  return (
    <div>
      <h3 id="refusals">Refusals</h3>
      <div class="table" tabIndex={0} role="region" aria-labelledby="refusals">
        <table>
          <thead>
            <tr>
              <th scope="col">Why</th>
              <th scope="col" class="number">
                A second
              </th>
              <th scope="col" class="number">
                So far
              </th>
            </tr>
          </thead>
          <tbody>
            {codes.map((code) => (
              <tr key={code}>
                <th scope="row">{refusalWords(code)}</th>
                <td class="number">{formatRate(now[code] ?? 0)}</td>
                <td class="number" data-testid={`refused-${code}`}>
                  {formatCount(soFar[code] ?? 0)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function Payments({ stats }: { stats: DropStats }) {
  const { orders, revenue, conversion, soldOutAt, holds } = stats;
  const states = Object.entries(orders).filter(([, count]) => count > 0);
  const facts: [label: string, value: string][] = [
    ...states.map(([state, count]): [string, string] => [orderStateWords(state), formatCount(count)]),
    ['Taken in', formatMoney(revenue.captured)],
    ['Given back', formatMoney(revenue.refunded)],
    ['Holds placed', formatCount(holds.placed)],
    ['Of these paid', `${Math.round(conversion * 100)} %`],
    ['Expired or released', formatCount(holds.expired + holds.released)],
    ['Sold out', soldOutAt ? formatMoment(soldOutAt) : 'Not yet'],
  ];
  return (
    <div>
      <h3>Payments and holds so far</h3>
      <dl class="pairs">
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
