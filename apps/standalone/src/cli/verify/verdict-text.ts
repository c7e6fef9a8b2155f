import { table } from '../output/table';
import type { Colours } from '../output/terminal';
import type { Verdict } from './invariant';

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
      ? colours.green('Everything that must hold, holds.')
      : colours.red(
          'Something that must always hold is broken. Keep the database as it is: it is the evidence.',
        ),
  ].join('\n');
}
