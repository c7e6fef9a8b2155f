import { useEffect } from 'preact/hooks';
import { clockText, spokenDuration } from '../../shared/duration';
import { untilMs } from '../../shared/server-clock';
import type { Hold } from '../../shared/types';
import { announce } from '../../shared/announce';

const HURRY_MS = 60_000;
const SPOKEN_AT_S = [120, 60, 30, 10];

/** The time left on the hold, by the server's clock. */
export function HoldTimer({ hold, onOver }: { hold: Hold; onOver: () => void }) {
  const left = untilMs(hold.expiresAt);
  const whole = Date.parse(hold.expiresAt) - Date.parse(hold.createdAt);
  const seconds = left === undefined ? undefined : Math.ceil(left / 1000);
  useEffect(() => {
    if (left === undefined || seconds === undefined) return; // the server's time is not known yet
    if (left <= 0) onOver();
    else if (SPOKEN_AT_S.includes(seconds)) announce(`${spokenDuration(left)} left to pay`, true);
  }, [seconds]);
  return (
    <div class={`timer${left !== undefined && left < HURRY_MS ? ' timer-hurry' : ''}`}>
      <span class="timer-label">Expires in</span>
      <span class="timer-time" role="timer" aria-label="Time left on your hold">
        {left === undefined ? '–:––' : clockText(left)}
      </span>
      <span class="timer-bar" aria-hidden="true">
        <span style={{ width: `${Math.min(100, Math.max(0, ((left ?? whole) / whole) * 100))}%` }} />
      </span>
    </div>
  );
}
