import { REHEARSAL_STEPS, type Rehearsal, type RehearsalStep } from '@holdfast/contracts';
import { count, duration } from '../amounts';
import { apart, markup, type Markup } from '../markup';
import { figuresTable } from './table';

const STEP_WORDS: Readonly<Record<RehearsalStep, string>> = {
  session: 'Begin a session',
  drop: 'Read the drop',
  hold: 'Place a hold',
  pay: 'Pay',
  live: 'Open the live counts',
};

/** How long each step took, and what shoppers were refused. */
export function stepsSection({ steps, refused }: Rehearsal): Markup {
  const rows = REHEARSAL_STEPS.flatMap((step) => {
    const it = steps[step];
    return it
      ? [[STEP_WORDS[step], count(it.count), duration(it.p50Ms), duration(it.p95Ms), duration(it.p99Ms)]]
      : [];
  });
  const reasons = Object.entries(refused)
    .sort(([, a], [, b]) => b - a)
    .map(([code, times]) => [apart(code), count(times)]);
  return markup`<section><h2>What shoppers met</h2><div class="pair">
${rows.length > 0 && figuresTable('How long each step took', ['Step', 'Times', 'p50', 'p95', 'p99'], rows)}
${reasons.length === 0 ? markup`<p>Nobody was refused.</p>` : figuresTable('Refusals, by what shoppers were told', ['Refusal', 'Times'], reasons)}
</div></section>`;
}
