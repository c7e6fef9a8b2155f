import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { formatSecond } from '../../shared/duration';
import { Link } from '../parts/link';
import { Listed } from '../parts/listed';
import { PageTitle } from '../parts/page-title';
import { valuesOf } from '../state/form';
import { List } from '../state/list';
import { KIND_WORDS, unitsOf, whoOf } from '../state/timeline-words';
import type { TimelineEntry } from '../state/types';

/** What happened in a drop, oldest first. */
export function TimelineView({ dropId }: { dropId: string }) {
  const entries = useMemo(
    () =>
      new List((api, query: { kind?: TimelineEntry['kind']; customerId?: string }) =>
        api.GET('/v1/admin/drops/{dropId}/timeline', { params: { path: { dropId }, query } }),
      ),
    [dropId],
  );
  const filtered = useSignal(false);
  useEffect(() => void entries.search(), [entries]);
  const search = (event: SubmitEvent) => {
    const { kind = '', customerId = '' } = valuesOf(event);
    filtered.value = kind !== '' || customerId !== '';
    void entries.search({ kind, customerId });
  };
  return (
    <>
      <PageTitle title="Timeline">
        <Link to={`/admin/drops/${encodeURIComponent(dropId)}`} class="small">
          Back to the drop
        </Link>
      </PageTitle>
      <p class="soft">Oldest first. Refusals are counted on the screen of the drop, and not listed here.</p>
      <form class="filters" role="search" aria-label="Timeline" onSubmit={search}>
        <input type="search" name="customerId" aria-label="Customer ID" placeholder="Customer ID…" />
        <div class="select">
          <select name="kind" aria-label="What happened">
            <option value="">Everything</option>
            {Object.entries(KIND_WORDS).map(([kind, words]) => (
              <option key={kind} value={kind}>
                {words}
              </option>
            ))}
          </select>
        </div>
        <button class="small" type="submit">
          Search
        </button>
      </form>
      <Listed
        of={entries}
        empty={<p>{emptyWords(filtered.value, Boolean(entries.pages.data.value?.nextCursor))}</p>}
      >
        {(items) => (
          <ul class="rows-list section">
            {items.map((entry) => (
              <EntryRow key={entry.id} entry={entry} />
            ))}
          </ul>
        )}
      </Listed>
    </>
  );
}

/** A page of a search may be empty though later ones are not. */
function emptyWords(filtered: boolean, hasMore: boolean): string {
  if (hasMore) return 'Nothing of this kind so far. Show more to look further.';
  return filtered ? 'Nothing of this kind has happened.' : 'Nothing has happened in this drop yet.';
}

function EntryRow({ entry }: { entry: TimelineEntry }) {
  const { kind, at, customerId, orderId, holdId, outcome, reason } = entry;
  const ids = [
    ['Customer', customerId],
    ['Order', orderId],
    ['Hold', holdId],
    ['Outcome', outcome],
  ] as const;
  const known = ids.filter(([, value]) => value !== null);
  return (
    <li class="row">
      <div class="row-text">
        <strong>
          {KIND_WORDS[kind]} {unitsOf(entry)}
        </strong>
        <span class="soft fine">
          {formatSecond(at)} · {whoOf(entry)}
          {reason && ` · ${reason}`}
        </span>
        {known.length > 0 && (
          <details>
            <summary>Details</summary>
            <dl class="facts">
              {known.map(([label, value]) => (
                <div key={label}>
                  <dt>{label}</dt>
                  <dd>
                    <code>{value}</code>
                  </dd>
                </div>
              ))}
            </dl>
          </details>
        )}
      </div>
    </li>
  );
}
