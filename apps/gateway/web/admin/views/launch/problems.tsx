import type { LaunchStore } from '../../state/launch-store';
import { problemsOf } from '../../state/launch-problems';
import { Link } from '../../parts/link';

/** What is wrong, in plain words. Sales do not depend on this page. */
export function Problems({ store }: { store: LaunchStore }) {
  const problems = problemsOf({
    staleness: store.staleness.value,
    tick: store.tick.value,
    stats: store.stats.data.value,
  });
  return (
    <div role="status" class={problems.length > 0 ? 'problems' : undefined}>
      {problems.map(({ title, text, runbook }) => (
        <p class="banner" key={title}>
          <strong>{title}.</strong> {text} <Link to={`/admin/runbooks/${runbook}`}>What to do</Link>
        </p>
      ))}
    </div>
  );
}
