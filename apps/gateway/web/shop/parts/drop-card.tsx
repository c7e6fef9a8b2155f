import { formatCount, formatMoney } from '../../shared/money';
import type { Drop } from '../../shared/types';
import { stateNow } from '../drop-state';
import { Countdown } from './countdown';
import { Picture } from './picture';
import { StockMeter } from './stock-meter';

export function DropCard({ drop }: { drop: Drop }) {
  const state = stateNow(drop);
  const sum = (of: 'available' | 'held' | 'sold') =>
    drop.items.reduce((all, item) => all + item.stock[of], 0);
  const counts = { available: sum('available'), held: sum('held'), sold: sum('sold'), version: 0 };
  const from = drop.items.map((item) => item.price).sort((a, b) => a.amountMinor - b.amountMinor)[0];
  return (
    <a class={`card card-${state}`} href={`/d/${encodeURIComponent(drop.id)}`}>
      <Picture src={drop.imageUrl} name={drop.name} />
      <span class="card-text">
        <span class="card-name">{drop.name}</span>
        {drop.description && <span class="card-description">{drop.description}</span>}
        {from && (
          <span class="card-price">{several(drop) ? `from ${formatMoney(from)}` : formatMoney(from)}</span>
        )}
        {state === 'scheduled' && drop.opensAt ? (
          <Countdown to={drop.opensAt} label="Opens in" />
        ) : (
          <span class="card-stock">
            {state === 'paused' ? 'Paused' : state === 'closed' ? 'Over' : leftWords(counts.available)}
            <StockMeter counts={counts} />
          </span>
        )}
        {state === 'open' && <span class="main card-go">Go to the drop</span>}
      </span>
    </a>
  );
}

function several(drop: Drop): boolean {
  return drop.items.some((item) => item.price.amountMinor !== drop.items[0]!.price.amountMinor);
}

function leftWords(available: number): string {
  return available === 0 ? 'Sold out' : `${formatCount(available)} left`;
}
