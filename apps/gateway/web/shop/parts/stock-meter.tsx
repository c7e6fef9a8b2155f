import type { Counts } from '../../shared/types';

/** Three parts of one line: sold, held by somebody, still there. Nothing where the shop does not tell its numbers. */
export function StockMeter({ counts }: { counts: Omit<Counts, 'version'> | null }) {
  if (counts === null) return null;
  const { available, held, sold } = counts;
  const total = available + held + sold || 1;
  return (
    <span class="meter" aria-hidden="true">
      <span class="meter-left" style={{ width: `${(available / total) * 100}%` }} />
      <span class="meter-held" style={{ width: `${(held / total) * 100}%` }} />
    </span>
  );
}
