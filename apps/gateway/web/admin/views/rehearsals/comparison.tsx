import type { ComponentChildren } from 'preact';
import { formatSecond } from '../../../shared/duration';
import { Section } from '../../parts/section';
import {
  count,
  duration,
  limitWords,
  measuredWords,
  outcomeOf,
  PROMISE_WORDS,
  STATE_WORDS,
} from '../../state/rehearsal-words';
import type { Rehearsal } from '../../state/types';
import { Kept } from './promises-table';

type Cell = (rehearsal: Rehearsal) => ComponentChildren;

const ms = (value: number | null | undefined) => (typeof value === 'number' ? duration(value) : '–');
const refusals = ({ refused }: Rehearsal) => Object.values(refused).reduce((sum, it) => sum + it, 0);

const FIGURES: readonly [label: string, cell: Cell][] = [
  ['Verdict', (it) => STATE_WORDS[outcomeOf(it)]],
  ['Shoppers', (it) => count(it.offered.shoppers)],
  ['At most a second', (it) => count(Math.round(it.offered.perSecondMax))],
  ['Held', (it) => count(it.held)],
  ['Paid', (it) => count(it.paid)],
  ['Refused', (it) => count(refusals(it))],
  ['Errors', (it) => count(it.errors)],
  ['Sold out after', (it) => ms(it.soldOutAfterMs)],
  ['Hold, p99', (it) => ms(it.steps.hold?.p99Ms)],
  ['Payment, p99', (it) => ms(it.steps.pay?.p99Ms)],
  ['Live age, p99', (it) => ms(it.liveAgeP99Ms)],
  [
    'Safe rate a minute',
    (it) => (it.safeAdmissionPerMinute === null ? '–' : count(it.safeAdmissionPerMinute)),
  ],
  ['Bottleneck', (it) => it.bottleneck?.what ?? '–'],
];

const SETTINGS: readonly [label: string, cell: (rehearsal: Rehearsal) => string][] = [
  ['profile', (it) => it.settings.profile],
  ['shoppers', (it) => count(it.settings.shoppers)],
  ['duration', (it) => duration(it.settings.duration * 1_000)],
  ['seed', (it) => String(it.settings.seed)],
  ['faults', (it) => it.settings.faults.join(', ') || 'none'],
  [
    'arrivals like',
    ({ settings: { like } }) => (like ? `${like.dropId}, times ${count(like.times)}` : 'none'),
  ],
  ['while selling', (it) => (it.settings.whileSelling ? 'yes' : 'no')],
  ['target', (it) => it.settings.target ?? 'this product'],
];

/** Two rehearsals side by side; says first what makes them differ by itself. */
export function Comparison({ one, other }: { one: Rehearsal; other: Rehearsal }) {
  const names = [...new Set([one, other].flatMap((it) => it.promises.map(({ name }) => name)))];
  const differ = SETTINGS.filter(([, cell]) => cell(one) !== cell(other));
  const promise = (name: string): Cell => {
    const Promised = (it: Rehearsal) => {
      const found = it.promises.find((them) => them.name === name);
      return found ? (
        <>
          {measuredWords(found)} <span class="soft fine">({limitWords(found)})</span> <Kept ok={found.ok} />
        </>
      ) : (
        '–'
      );
    };
    return Promised;
  };
  const rows: [string, Cell][] = [
    ...FIGURES,
    ...names.map((name): [string, Cell] => [PROMISE_WORDS[name].says, promise(name)]),
  ];
  return (
    <Section title="Side by side">
      <p>
        {differ.length === 0
          ? 'Both had the same settings.'
          : `They had other settings: ${differ.map(([label, cell]) => `${label} ${cell(one)} and ${cell(other)}`).join('; ')}.`}
      </p>
      <div class="table" role="region" aria-label="Figures of both" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Figure</th>
              <th scope="col">{formatSecond(one.startedAt)}</th>
              <th scope="col">{formatSecond(other.startedAt)}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([label, cell]) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                <td>{cell(one)}</td>
                <td>{cell(other)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}
