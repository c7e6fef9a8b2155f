import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { stateNow } from '../../shared/drop-state';
import { formatMoment } from '../../shared/duration';
import { formatCount } from '../../shared/money';
import type { DropState } from '../../shared/types';
import { Link } from '../parts/link';
import { Listed } from '../parts/listed';
import { PageTitle } from '../parts/page-title';
import { StateBadge } from '../parts/state-badge';
import { session } from '../state/current';
import { STATE_WORDS } from '../state/drop-steps';
import { valuesOf } from '../state/form';
import { List } from '../state/list';
import { totalsOf } from '../state/totals';
import type { ListedDrop } from '../state/types';

/** All drops of the merchant, by state or by the beginning of the name. */
export function DropsView() {
  const drops = useMemo(
    () =>
      new List((api, query: { q?: string; state?: DropState }) =>
        api.GET('/v1/admin/drops', { params: { query } }),
      ),
    [],
  );
  const filtered = useSignal(false);
  useEffect(() => void drops.search(), []);
  const search = (event: SubmitEvent) => {
    const { q = '', state = '' } = valuesOf(event);
    filtered.value = q !== '' || state !== '';
    void drops.search({ q, state });
  };
  return (
    <>
      <PageTitle title="Drops">
        {session.can('drops:write') && (
          <Link to="/admin/drops/new" class="small accent">
            New drop
          </Link>
        )}
      </PageTitle>
      <form class="filters" role="search" aria-label="Drops" onSubmit={search}>
        <input
          type="search"
          name="q"
          aria-label="Name or ID begins with"
          placeholder="Name or ID begins with…"
        />
        <div class="select">
          <select name="state" aria-label="State">
            <option value="">Every state</option>
            {(Object.keys(STATE_WORDS) as DropState[]).map((state) => (
              <option key={state} value={state}>
                {STATE_WORDS[state]}
              </option>
            ))}
          </select>
        </div>
        <button class="small" type="submit">
          Search
        </button>
      </form>
      <Listed
        of={drops}
        empty={
          filtered.value ? (
            <p>No drop matches. Search for something else, or for nothing to see all.</p>
          ) : (
            <p>No drops yet. A new drop is a draft that no shopper sees until it is scheduled or opened.</p>
          )
        }
      >
        {(items) => (
          <ul class="rows-list section">
            {items.map((drop) => (
              <DropRow key={drop.id} drop={drop} />
            ))}
          </ul>
        )}
      </Listed>
    </>
  );
}

function DropRow({ drop }: { drop: ListedDrop }) {
  const totals = totalsOf(drop);
  return (
    <li class="row">
      <div class="row-text">
        <Link to={`/admin/drops/${encodeURIComponent(drop.id)}`}>{drop.name}</Link>
        <span class="soft fine">{whenWords(drop)}</span>
      </div>
      <div class="row-actions">
        <span class="fine">
          {formatCount(totals.available)} of {formatCount(totals.total)} left · {formatCount(totals.sold)}{' '}
          sold
        </span>
        <StateBadge state={stateNow(drop)} />
      </div>
    </li>
  );
}

function whenWords(drop: ListedDrop): string {
  const { opensAt, closesAt, createdAt } = drop;
  switch (stateNow(drop)) {
    case 'draft':
      return `Made ${formatMoment(createdAt)}`;
    case 'scheduled':
      return opensAt ? `Opens ${formatMoment(opensAt)}` : '';
    case 'open':
    case 'paused':
      return closesAt ? `Closes ${formatMoment(closesAt)}` : opensAt ? `Opened ${formatMoment(opensAt)}` : '';
    case 'closed':
      return closesAt ? `Closed ${formatMoment(closesAt)}` : '';
  }
}
