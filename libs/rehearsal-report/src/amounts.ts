const NUMBERS = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 2 });

/** 12,000 */
export const count = (value: number): string => NUMBERS.format(value);

/** A duration as people read it: 4.2 ms, 812 ms, 1.24 s, 2 min 5 s. */
export function duration(ms: number): string {
  if (ms < 10) return `${NUMBERS.format(Math.round(ms * 10) / 10)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_995) return `${NUMBERS.format(Math.round(ms / 10) / 100)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min${seconds % 60 === 0 ? '' : ` ${seconds % 60} s`}`;
}

/** A share from 0 to 1 as 12 %. */
export const percent = (share: number): string => `${count(Math.round(share * 100))} %`;

/** A measured value with its unit. */
export function amount(value: number, unit: string): string {
  if (unit === 'ms') return duration(value);
  if (unit === 'share') return percent(value);
  return unit === '' ? count(value) : `${count(value)} ${unit}`;
}

/** 2026-12-01T13:10:33.120Z as 1 December 2026, 13:10:33 UTC. */
export function moment(time: string): string {
  const at = new Date(time);
  const day = at.toLocaleDateString('en-GB', {
    timeZone: 'UTC',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  });
  return `${day}, ${at.toISOString().slice(11, 19)} UTC`;
}

/** `1 shopper`, `2 shoppers`. */
export const counted = (value: number, noun: string): string =>
  `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

/** a, b and c */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]!}`;
}
