import { useEffect, useRef } from 'preact/hooks';
import { announce } from '../../../shared/announce';
import { Link } from '../../parts/link';
import { problemsOf, spokenOf } from '../../state/launch-problems';
import type { LaunchStore } from '../../state/launch-store';

/** What is wrong, in plain words. Sales do not depend on this page. */
export function Problems({ store }: { store: LaunchStore }) {
  const problems = problemsOf({
    staleness: store.staleness.value,
    tick: store.tick.value,
    stats: store.stats.data.value,
  });
  const spoken = spokenOf(problems);
  const before = useRef('');
  useEffect(() => {
    if (spoken !== before.current) announce(spoken || 'No problem is left.');
    before.current = spoken;
  }, [spoken]);
  // No live region: its numbers change each second.
  return (
    <div class={problems.length > 0 ? 'problems' : undefined}>
      {problems.map(({ title, text, runbook }) => (
        <p class="banner" key={title}>
          <strong>{title}.</strong> {text} <Link to={`/admin/runbooks/${runbook}`}>What to do</Link>
        </p>
      ))}
    </div>
  );
}
