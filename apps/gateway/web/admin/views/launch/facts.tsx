import type { ComponentChildren } from 'preact';
import { formatMoment } from '../../../shared/duration';
import { formatCount } from '../../../shared/money';
import { ExportButton } from '../../parts/export-button';
import { Link } from '../../parts/link';
import { session } from '../../state/current';
import { wantsRehearsal } from '../../state/rehearsal-wish';
import { go } from '../../state/route';
import type { AdminDrop } from '../../state/types';

const SEEN = { exact: 'In numbers', bands: 'In words', hidden: 'Not at all' };

const rehearsalsOf = (id: string) => `/admin/drops/${encodeURIComponent(id)}/rehearsals`;

function rehearse(id: string): void {
  wantsRehearsal.value = true;
  go(rehearsalsOf(id));
}

/** What the drop is, and its orders as a file. */
export function Facts({ drop }: { drop: AdminDrop }) {
  const { id, state, opensAt, closesAt, perCustomerLimit, holdTtlSeconds, stockDisplay } = drop;
  const facts: [label: string, value: ComponentChildren][] = [
    [
      'Page for shoppers',
      state === 'draft' ? 'When it is scheduled or open' : <a href={`/d/${id}`}>/d/{id}</a>,
    ],
    ['Opens', opensAt ? formatMoment(opensAt) : 'Not set'],
    ['Closes', closesAt ? formatMoment(closesAt) : 'Not set'],
    ['Units for one customer', formatCount(perCustomerLimit)],
    ['A hold lasts', `${formatCount(holdTtlSeconds)} s`],
    ['Shoppers see stock', SEEN[stockDisplay]],
  ];
  return (
    <div class="section">
      <dl class="facts">
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div class="buttons">
        <Link to={`/admin/drops/${encodeURIComponent(id)}/timeline`} class="small">
          Timeline
        </Link>
        {session.can('rehearsals:run') ? (
          <button class="small" type="button" onClick={() => rehearse(id)}>
            Rehearse
          </button>
        ) : (
          <Link to={rehearsalsOf(id)} class="small">
            Rehearsals
          </Link>
        )}
        {session.can('orders:read') && state !== 'draft' && (
          <ExportButton
            request={(api) =>
              api.GET('/v1/admin/drops/{dropId}/orders', {
                params: { path: { dropId: id } },
                headers: { accept: 'text/csv' },
                parseAs: 'blob',
              })
            }
            file={`orders-${id}.csv`}
          >
            Export its orders
          </ExportButton>
        )}
      </div>
    </div>
  );
}
