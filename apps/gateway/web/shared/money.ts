import type { Money } from './types';

const formats = new Map<string, Intl.NumberFormat>();

/** An amount as people write it where they are; its minor units become as many decimals as the currency has. */
export function formatMoney({ amountMinor, currency }: Money): string {
  let format = formats.get(currency);
  if (!format) {
    format = new Intl.NumberFormat(undefined, { style: 'currency', currency });
    formats.set(currency, format);
  }
  const decimals = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amountMinor / 10 ** decimals);
}

export function times({ amountMinor, currency }: Money, quantity: number): Money {
  return { amountMinor: amountMinor * quantity, currency };
}

const whole = new Intl.NumberFormat();

export function formatCount(n: number): string {
  return whole.format(n);
}
