import type { Rehearsal, RehearsalEvidence } from '@holdfast/contracts';
import { count } from '../amounts';
import { apart, markup, type Markup } from '../markup';
import { figuresTable, kept } from './table';

/** Money, the ledger's invariants, and what else was compared. */
export function checksSection({ money, verify, oversold }: Rehearsal, evidence: RehearsalEvidence): Markup {
  const invariants = invariantsOf(verify);
  return markup`<section><h2>Money and ledger</h2>
<ul class="checks">
<li>${kept(money.ok)} The provider captured ${count(money.captured)}, and the orders sum up to ${count(money.ordered)} (minor units).</li>
<li>${kept(oversold === 0)} ${oversold === 0 ? 'No unit was granted twice.' : `${count(oversold)} more units were granted than there are.`}</li>
<li>${verify === null ? markup`<span>–</span> The ledger was not verified.` : markup`${kept(verify.ok)} holdfast verify: ${verify.ok ? 'all invariants of the ledger hold' : 'an invariant of the ledger is broken'}.`}</li>
${evidence.checks.map(({ says, ok, detail }) => markup`<li>${kept(ok)} ${apart(says)}${detail !== '' && markup`: ${apart(detail)}`}</li>`)}
</ul>
${invariants.length > 0 && figuresTable('Invariants of the ledger', ['Invariant', 'Checked', 'Broken', 'Result'], invariants)}</section>`;
}

/** `verify` has further fields, which older rehearsals may lack. */
function invariantsOf(verify: Rehearsal['verify']) {
  const list = verify?.['invariants'];
  if (!Array.isArray(list)) return [];
  return (list as unknown[])
    .filter(isInvariant)
    .map(({ name, checked, broken }) => [apart(name), count(checked), count(broken), kept(broken === 0)]);
}

function isInvariant(it: unknown): it is { name: string; checked: number; broken: number } {
  const { name, checked, broken } = (it ?? {}) as Record<string, unknown>;
  return typeof name === 'string' && typeof checked === 'number' && typeof broken === 'number';
}
