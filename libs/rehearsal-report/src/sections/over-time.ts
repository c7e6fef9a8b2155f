import type { Rehearsal, RehearsalEvidence } from '@holdfast/contracts';
import { count, duration } from '../amounts';
import { chart, type Chart, type Line, type Mark } from '../chart';
import { markup, type Markup } from '../markup';
import { peak, perSecond, type TimeLine, worst } from '../time-line';

type Frame = Pick<Chart, 'from' | 'to' | 'step' | 'marks'>;

const A = 'A'.charCodeAt(0);

/** Charts of one time line, with what happened on it. */
export function overTimeSection(rehearsal: Rehearsal, evidence: RehearsalEvidence, line: TimeLine): Markup {
  const events = eventsOf(rehearsal, evidence);
  const { from, to, step } = line;
  const frame: Frame = { from, to, step, marks: events.map(({ mark }) => mark) };
  const joined =
    step > 1
      ? markup`<p class="soft fine">A point stands for ${step} seconds: the mean of what is counted, the worst second of latencies.</p>`
      : null;
  return markup`<section><h2>Over time</h2><p class="soft fine">Seconds since the first shopper arrived.</p>
<div class="charts">${chart(arrivals(frame, line))}${chart(outcomes(frame, line))}${chart(latencies(rehearsal, frame, line))}${chart(liveAge(rehearsal, frame, line))}</div>
${joined}${legendOf(events)}</section>`;
}

interface Event {
  mark: Mark;
  says: string;
}

function eventsOf({ soldOutAfterMs }: Rehearsal, { faults }: RehearsalEvidence): Event[] {
  const events = faults.map((fault, at): Event => {
    const letter = String.fromCharCode(A + at);
    const recovered =
      fault.recoveredAfterMs === null
        ? 'did not recover while it was watched'
        : `recovered after ${duration(fault.recoveredAfterMs)}`;
    const stretch = `from ${count(fault.fromSecond)} s to ${count(fault.toSecond)} s`;
    return {
      mark: { letter, from: fault.fromSecond, to: fault.toSecond },
      says: `Fault: ${fault.target} ${fault.how} ${stretch}; ${recovered}.`,
    };
  });
  if (soldOutAfterMs === null) return events;
  const at = soldOutAfterMs / 1_000;
  return [
    ...events,
    { mark: { letter: 'S', from: at, to: at }, says: `Sold out after ${duration(soldOutAfterMs)}.` },
  ];
}

const legendOf = (events: readonly Event[]): Markup | null =>
  events.length === 0
    ? null
    : markup`<ul class="events">${events.map(({ mark, says }) => markup`<li><b>${mark.letter}</b> ${says}</li>`)}</ul>`;

const plain = (values: readonly (number | null)[]) => count(Math.round(peak(values) ?? 0));

function arrivals(frame: Frame, line: TimeLine): Chart {
  const lines: Line[] = [
    { label: 'arrivals', look: 1, values: perSecond(line, (it) => it.offered) },
    { label: 'refusals', look: 2, values: perSecond(line, (it) => it.refused) },
  ];
  return {
    ...frame,
    title: 'Arrivals and refusals a second',
    says: `At most ${plain(lines[0]!.values)} arrivals and ${plain(lines[1]!.values)} refusals a second.`,
    lines,
    limit: null,
    scale: 'linear',
    tick: count,
  };
}

function outcomes(frame: Frame, line: TimeLine): Chart {
  const lines: Line[] = [
    { label: 'holds', look: 1, values: perSecond(line, (it) => it.held) },
    { label: 'orders paid', look: 3, values: perSecond(line, (it) => it.paid) },
    { label: 'errors', look: 4, values: perSecond(line, (it) => it.errors) },
  ];
  const [holds, paid, errors] = lines.map(({ values }) => plain(values));
  return {
    ...frame,
    title: 'Holds, orders and errors a second',
    says: `At most ${holds} holds, ${paid} paid orders and ${errors} errors a second.`,
    lines,
    limit: null,
    scale: 'linear',
    tick: count,
  };
}

function limitOf({ promises }: Rehearsal, name: 'hold-p99' | 'live-age-p99'): Chart['limit'] {
  const promise = promises.find((it) => it.name === name && it.unit === 'ms' && it.limit > 0);
  return promise ? { value: promise.limit, label: `${name} ${duration(promise.limit)}` } : null;
}

const most = (values: readonly (number | null)[]) => {
  const highest = peak(values);
  return highest === null ? 'not measured' : `at most ${duration(highest)}`;
};

function latencies(rehearsal: Rehearsal, frame: Frame, line: TimeLine): Chart {
  const lines: Line[] = [
    { label: 'hold p50', look: 5, values: worst(line, (it) => it.holdP50Ms) },
    { label: 'hold p99', look: 1, values: worst(line, (it) => it.holdP99Ms) },
    { label: 'pay p99', look: 3, values: worst(line, (it) => it.payP99Ms) },
  ];
  return {
    ...frame,
    title: 'Latency, by powers of ten',
    says: `${lines.map(({ label, values }) => `${label}: ${most(values)}`).join('; ')}.`,
    lines,
    limit: limitOf(rehearsal, 'hold-p99'),
    scale: 'log',
    tick: duration,
  };
}

function liveAge(rehearsal: Rehearsal, frame: Frame, line: TimeLine): Chart {
  const values = worst(line, (it) => it.liveAgeMs);
  return {
    ...frame,
    title: 'Age of the live counts, by powers of ten',
    says: `Age: ${most(values)}.`,
    lines: [{ label: 'age when shown', look: 1, values }],
    limit: limitOf(rehearsal, 'live-age-p99'),
    scale: 'log',
    tick: duration,
  };
}
