import { formatMoney } from '../../shared/money';
import type { ListedDrop, Money } from '../../shared/types';
import { stateNow } from '../../shared/drop-state';
import { Countdown } from '../../shared/parts/countdown';
import { Picture } from './picture';
import { totalsWords } from '../shown';
import { StockMeter } from './stock-meter';

export function DropCard({ drop }: { drop: ListedDrop }) {
  const state = stateNow(drop);
  const range = drop.priceRange;
  return (
    <a class={`card card-${state}`} href={`/d/${encodeURIComponent(drop.id)}`}>
      <Picture src={drop.imageUrl} name={drop.name} />
      <span class="card-text">
        <span class="card-name">{drop.name}</span>
        {drop.description && <span class="card-description">{drop.description}</span>}
        {range && <span class="card-price">{priceWords(range)}</span>}
        {state === 'scheduled' && drop.opensAt ? (
          <Countdown to={drop.opensAt} label="Opens in" />
        ) : (
          <span class="card-stock">
            {state === 'paused' ? 'Paused' : state === 'closed' ? 'Closed' : totalsWords(drop)}
            <StockMeter counts={'available' in drop.totals ? drop.totals : null} />
          </span>
        )}
        {state === 'open' && <span class="main card-go">View drop</span>}
      </span>
    </a>
  );
}

function priceWords({ lowest, highest }: { lowest: Money; highest: Money }): string {
  return lowest.amountMinor === highest.amountMinor ? formatMoney(lowest) : `From ${formatMoney(lowest)}`;
}
