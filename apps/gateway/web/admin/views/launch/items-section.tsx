import { useSignal } from '@preact/signals';
import { formatCount, formatMoney } from '../../../shared/money';
import { Section } from '../../parts/section';
import type { AdminDrop } from '../../state/types';

const SHOWN_MAX = 100; // a drop may have 5,000
const SEARCH_FROM = 12;

/** The counts of each SKU. */
export function ItemsSection({ drop }: { drop: AdminDrop }) {
  const q = useSignal('');
  const wanted = q.value.trim().toLowerCase();
  const found = drop.items.filter(({ sku, name }) => `${sku} ${name}`.toLowerCase().includes(wanted));
  const shown = found.slice(0, SHOWN_MAX);
  return (
    <Section title="Items">
      {drop.items.length >= SEARCH_FROM && (
        <input
          type="search"
          aria-label="Find an item"
          placeholder="SKU or name…"
          value={q}
          onInput={(event) => (q.value = event.currentTarget.value)}
        />
      )}
      <div class="table" tabIndex={0} role="region" aria-label="Items and their counts">
        <table>
          <thead>
            <tr>
              <th scope="col">SKU</th>
              <th scope="col">Name</th>
              <th scope="col" class="number">
                Price
              </th>
              <th scope="col" class="number">
                Available
              </th>
              <th scope="col" class="number">
                On hold
              </th>
              <th scope="col" class="number">
                Sold
              </th>
              <th scope="col" class="number">
                Total
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ sku, name, price, stock }) => (
              <tr key={sku}>
                <th scope="row">{sku}</th>
                <td>{name}</td>
                <td class="number">{formatMoney(price)}</td>
                <td class="number">{formatCount(stock.available)}</td>
                <td class="number">{formatCount(stock.held)}</td>
                <td class="number">{formatCount(stock.sold)}</td>
                <td class="number">{formatCount(stock.total)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {found.length === 0 && <p>No item matches.</p>}
      {found.length > SHOWN_MAX && (
        <p class="soft fine">
          The first {SHOWN_MAX} of {formatCount(found.length)}. Search to see others.
        </p>
      )}
    </Section>
  );
}
