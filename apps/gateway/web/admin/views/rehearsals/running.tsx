import { useEffect, useMemo } from 'preact/hooks';
import { announce } from '../../../shared/announce';
import { Countdown } from '../../../shared/parts/countdown';
import { Failure } from '../../parts/failure';
import { Section } from '../../parts/section';
import { session } from '../../state/current';
import { FormState } from '../../state/form';
import { online } from '../../state/online';
import { count, percent } from '../../state/rehearsal-words';
import type { RehearsalsStore } from '../../state/rehearsals-store';
import type { Rehearsal } from '../../state/types';

/** How far it is, what it does, when it will have ended. */
export function Running({ store, rehearsal }: { store: RehearsalsStore; rehearsal: Rehearsal }) {
  const form = useMemo(() => new FormState(), []);
  const { progress, detail, endsBy, offered, held, paid, errors } = rehearsal;
  const lost = store.lost.value;
  useEffect(() => announce(`${percent(progress)}: ${detail}`), [detail]);
  // Refusals are known at the end.
  const figures = [
    ['Shoppers', offered.shoppers],
    ['Held', held],
    ['Paid', paid],
    ['Errors', errors],
  ] as const;
  return (
    <Section title="It is running">
      {(lost || !online.value) && (
        <div class="notice notice-warm" role="status">
          <strong>{online.value ? 'Holdfast is not responding' : 'You are offline'}</strong>
          <p>The rehearsal goes on, and ends by itself. The figures are those of before.</p>
        </div>
      )}
      <div class="rehearsal-now">
        <Countdown to={endsBy} label="Ends within" />
        <div>
          <progress value={progress} max={1} aria-label="Progress" />
          <p>
            {percent(progress)}: {detail}
          </p>
        </div>
      </div>
      <dl class="rates">
        {figures.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{count(value)}</dd>
          </div>
        ))}
      </dl>
      {form.failure.value && <Failure answer={form.failure.value} />}
      {session.can('rehearsals:run') && (
        <button
          class="small danger"
          type="button"
          disabled={form.busy}
          onClick={() => void form.submit(() => store.end(rehearsal))}
        >
          {form.busy.value ? 'Stopping…' : 'Stop'}
        </button>
      )}
    </Section>
  );
}
