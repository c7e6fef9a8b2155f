import { formatMoney, times } from '../../shared/money';
import type { Line, Money } from '../../shared/types';
import type { DropStore } from '../drop-store';

/** What is held or bought, and its sum. */
export function OrderLines({
  store,
  lines,
  total,
}: {
  store: DropStore;
  lines: readonly Line[];
  total: Money;
}) {
  return (
    <dl class="lines">
      {lines.map((line) => (
        <div key={line.sku}>
          <dt>
            {line.quantity} × {store.item(line.sku)?.name ?? line.sku}
          </dt>
          <dd>{formatMoney(times(line.price, line.quantity))}</dd>
        </div>
      ))}
      <div class="lines-total">
        <dt>Total</dt>
        <dd>{formatMoney(total)}</dd>
      </div>
    </dl>
  );
}
