import { clockText, formatMoment } from '../duration';
import { untilMs } from '../server-clock';

/** Counts down by the server's clock. */
export function Countdown({ to, label }: { to: string; label: string }) {
  const ms = untilMs(to);
  return (
    <div class="countdown">
      <span class="countdown-label">{label}</span>
      <span class="countdown-time" role="timer" aria-label={`${label} ${formatMoment(to)}`}>
        {ms === undefined ? '–:––' : clockText(ms)}
      </span>
      <span class="countdown-date">{formatMoment(to)}</span>
    </div>
  );
}
