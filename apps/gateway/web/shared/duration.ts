const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function parts(ms: number) {
  const rest = Math.max(0, ms);
  return {
    days: Math.floor(rest / DAY),
    hours: Math.floor((rest % DAY) / HOUR),
    minutes: Math.floor((rest % HOUR) / MINUTE),
    seconds: Math.floor((rest % MINUTE) / SECOND),
  };
}

const two = (n: number) => String(n).padStart(2, '0');

/** `4:59`, `1:02:03`, `2 d 03:04:05`. A begun second counts whole, so that the clock never stands at 0 while time is left. */
export function clockText(ms: number): string {
  const { days, hours, minutes, seconds } = parts(Math.ceil(ms / SECOND) * SECOND);
  if (days > 0) return `${days} d ${two(hours)}:${two(minutes)}:${two(seconds)}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

const some = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`;

/** In words, for those who listen: `4 minutes 59 seconds`. */
export function spokenDuration(ms: number): string {
  const { days, hours, minutes, seconds } = parts(Math.ceil(ms / SECOND) * SECOND);
  const both = (big: string, rest: number, word: string) => (rest === 0 ? big : `${big} ${some(rest, word)}`);
  if (days > 0) return both(some(days, 'day'), hours, 'hour');
  if (hours > 0) return both(some(hours, 'hour'), minutes, 'minute');
  return minutes > 0 ? both(some(minutes, 'minute'), seconds, 'second') : some(seconds, 'second');
}

/** A moment as people write it where they are. */
export function formatMoment(time: string): string {
  return moment(time, 'short');
}

/** The same with its second. */
export function formatSecond(time: string): string {
  return moment(time, 'medium');
}

function moment(time: string, timeStyle: 'short' | 'medium'): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle }).format(new Date(time));
}
