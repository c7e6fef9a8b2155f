import type { Rehearsal, RehearsalEvidence } from '@holdfast/contracts';
import { count } from '../amounts';
import { apart, markup, type Markup } from '../markup';
import { figuresTable, kept } from './table';

/** The rate that the drop may admit, and how it was found. */
export function safeRateSection(
  { safeAdmissionPerMinute: safe }: Rehearsal,
  { rates }: RehearsalEvidence,
): Markup {
  const words =
    safe !== null
      ? `${count(safe)} new holds a minute: the highest rate at which every promise held, less 20 %.`
      : rates.length === 0
        ? 'No rate was tried.'
        : 'No safe rate was found: no rate that was tried held.';
  const rows = rates.map(({ perMinute, ok, broke }) => [
    `${count(perMinute)} a minute`,
    broke === null ? '' : apart(broke),
    kept(ok),
  ]);
  return markup`<section><h2>Safe admission rate</h2><p>${words}</p>
${rows.length > 0 && figuresTable('Rates that were tried, in this order', ['New holds', 'What broke', 'Result'], rows)}</section>`;
}
