import { table } from './table';
import type { Colours } from './terminal';
import type { Verdict } from '@holdfast/audit';

/** A line an invariant, then some of what is broken. */
export function verdictText(colours: Colours, { ok, invariants }: Verdict): string {
  const rows = invariants.map(({ name, checked, broken }) => [
    broken > 0
      ? colours.red('BROKEN')
      : checked > 0
        ? colours.green('holds')
        : colours.dim('nothing to check'),
    name,
    checked,
    broken,
  ]);
  const examples = invariants.flatMap(({ name, examples: some }) =>
    some.map((example) => `  ${name}: ${JSON.stringify(example)}`),
  );
  return [
    table(colours, ['', 'invariant', 'checked', 'broken'], rows),
    ...(examples.length > 0 ? ['', 'For example:', ...examples] : []),
    '',
    ok
      ? colours.green('All invariants hold.')
      : colours.red('An invariant is broken. Keep the database unchanged: it is the evidence.'),
  ].join('\n');
}
