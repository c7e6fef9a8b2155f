import { formatCount } from '../../shared/money';
import type { Counts } from '../../shared/types';

const FEW = 10;

/** The counts in words: what a shopper wants to know of them. */
export function stockWords({ available, held }: Counts): string {
  if (available === 0) return held > 0 ? `Sold out · ${formatCount(held)} on hold` : 'Sold out';
  return available <= FEW ? `Only ${formatCount(available)} left` : `${formatCount(available)} left`;
}

/** Three parts of one line: sold, held by somebody, still there. */
export function StockMeter({ counts }: { counts: Counts }) {
  const { available, held, sold } = counts;
  const total = available + held + sold || 1;
  return (
    <span class="meter" aria-hidden="true">
      <span class="meter-left" style={{ width: `${(available / total) * 100}%` }} />
      <span class="meter-held" style={{ width: `${(held / total) * 100}%` }} />
    </span>
  );
}
