import { formatCount } from '../../shared/money';
import type { Counts } from '../../shared/types';

/** Little enough to say so with emphasis: the last three, or ten of a larger number. */
export function isLow({ available, held, sold }: Counts): boolean {
  return available > 0 && (available <= 3 || (available <= 10 && available < held + sold));
}

/** The counts in words: what a shopper wants to know of them. */
export function stockWords(counts: Counts): string {
  const { available, held } = counts;
  if (available === 0) return held > 0 ? `Sold out · ${formatCount(held)} on hold` : 'Sold out';
  return isLow(counts) ? `Only ${formatCount(available)} left` : `${formatCount(available)} left`;
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
