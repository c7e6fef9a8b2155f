import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { formatMoment } from '../../shared/duration';
import { formatMoney } from '../../shared/money';
import { ExportButton } from '../parts/export-button';
import { Link } from '../parts/link';
import { Listed } from '../parts/listed';
import { PageTitle } from '../parts/page-title';
import { valuesOf } from '../state/form';
import { List } from '../state/list';
import type { AdminOrder } from '../state/types';

const STATES = ['pending', 'paid', 'failed', 'cancelled', 'refunding', 'refunded'];

/** The orders of all drops: found by e-mail, order or customer. */
export function OrdersView() {
  const orders = useMemo(
    () =>
      new List((api, query: { q?: string; state?: AdminOrder['state'] }) =>
        api.GET('/v1/admin/orders', { params: { query } }),
      ),
    [],
  );
  const filtered = useSignal(false);
  useEffect(() => void orders.search(), []);
  const search = (event: SubmitEvent) => {
    const { q = '', state = '' } = valuesOf(event);
    filtered.value = q !== '' || state !== '';
    void orders.search({ q, state });
  };
  return (
    <>
      <PageTitle title="Orders">
        <ExportButton
          request={(api) =>
            api.GET('/v1/admin/orders', {
              params: { query: orders.filters },
              headers: { accept: 'text/csv' },
              parseAs: 'blob',
            })
          }
          file="orders.csv"
        >
          Export CSV
        </ExportButton>
      </PageTitle>
      <form class="filters" role="search" aria-label="Orders" onSubmit={search}>
        <input
          type="search"
          name="q"
          aria-label="Email, order or customer begins with"
          placeholder="Email, order or customer begins with…"
        />
        <div class="select">
          <select name="state" aria-label="State">
            <option value="">Every state</option>
            {STATES.map((state) => (
              <option key={state} value={state}>
                {state}
              </option>
            ))}
          </select>
        </div>
        <button class="small" type="submit">
          Search
        </button>
      </form>
      <Listed of={orders} empty={<p>{filtered.value ? 'No order matches.' : 'No orders yet.'}</p>}>
        {(items) => (
          <ul class="rows-list section">
            {items.map((order) => (
              <OrderRow key={order.id} order={order} />
            ))}
          </ul>
        )}
      </Listed>
    </>
  );
}

function OrderRow({ order }: { order: AdminOrder }) {
  const { id, dropId, state, email, customerId, lines, total, payment, reason, createdAt } = order;
  return (
    <li class="row">
      <div class="row-text">
        <strong>{email ?? customerId}</strong>
        <span class="soft fine">
          {formatMoment(createdAt)} · {lines.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(', ')}
        </span>
        <details>
          <summary>Details</summary>
          <dl class="facts">
            <div>
              <dt>Order</dt>
              <dd>
                <code>{id}</code>
              </dd>
            </div>
            <div>
              <dt>Customer</dt>
              <dd>
                <code>{customerId}</code>
              </dd>
            </div>
            <div>
              <dt>Drop</dt>
              <dd>
                <Link to={`/admin/drops/${encodeURIComponent(dropId)}`}>{dropId}</Link>
              </dd>
            </div>
            <div>
              <dt>Payment</dt>
              <dd>
                {payment.provider} {payment.state}
                {payment.reference && <code> {payment.reference}</code>}
                {reason && ` (${reason})`}
              </dd>
            </div>
          </dl>
        </details>
      </div>
      <div class="row-actions">
        <strong>{formatMoney(total)}</strong>
        <span class="badge">{state}</span>
      </div>
    </li>
  );
}
