import type { Rehearsal, RehearsalEvidence } from '@holdfast/contracts';
import { percent } from '../amounts';
import { sparkline } from '../chart';
import { apart, markup, type Markup } from '../markup';
import { peak, type TimeLine, worst } from '../time-line';
import { figuresTable } from './table';

const PARTS_MAX = 20;

/** How busy each part of the product was, and which one was busy first. */
export function saturationSection(
  { bottleneck }: Rehearsal,
  { seconds, machine }: RehearsalEvidence,
  line: TimeLine,
): Markup {
  const parts = new Map<string, { sum: number; seconds: number }>();
  for (const { cpu } of seconds)
    for (const [part, share] of Object.entries(cpu)) {
      const before = parts.get(part) ?? { sum: 0, seconds: 0 };
      parts.set(part, { sum: before.sum + share, seconds: before.seconds + 1 });
    }
  const rows = [...parts]
    .map(([part, it]) => ({ part, mean: it.sum / it.seconds }))
    .sort((a, b) => b.mean - a.mean)
    .slice(0, PARTS_MAX)
    .map(({ part, mean }) => {
      const values = worst(line, ({ cpu }) => cpu[part]);
      const most = percent(peak(values) ?? 0);
      return [
        apart(part),
        sparkline(values, `${part} over time: at most ${most} of the processors`),
        percent(mean),
        most,
      ];
    });
  return markup`<section><h2>Saturation</h2>
<p>${bottleneckWords(bottleneck)}</p>
${rows.length > 0 && figuresTable(`Share of the machine's ${machine.cpus} processors`, ['Part', 'Over time, 0 to 100 %', 'Mean', 'Most'], rows)}</section>`;
}

function bottleneckWords(bottleneck: Rehearsal['bottleneck']): Markup {
  if (bottleneck === null) return markup`No part was saturated.`;
  if (bottleneck.what === 'nothing') return markup`${apart(bottleneck.evidence)}`;
  return markup`The first part to be saturated was <strong>${apart(bottleneck.what)}</strong>: ${apart(bottleneck.evidence)}`;
}
