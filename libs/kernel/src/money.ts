import { currencyDecimals } from './currencies';

/** An amount in the minor unit of its currency (cents for EUR, yen for JPY); always an integer. */
export interface Money {
  amountMinor: number;
  /** ISO 4217, upper case. */
  currency: string;
}

/**
 * Parses a decimal amount (`129`, `129.00`) into minor units. Undefined if it has a sign, words, a thousands
 * separator, an exponent or more decimals than the currency has. Additional zeros are allowed: shop exports
 * write `4990.00` in any currency. Never rounds.
 */
export function parseAmountMinor(text: string, currency: string): number | undefined {
  const match = /^(\d{1,12})(?:\.(\d+))?$/.exec(text);
  if (!match) return undefined;
  const decimals = currencyDecimals(currency);
  const fraction = match[2] ?? '';
  if (/[^0]/.test(fraction.slice(decimals))) return undefined;
  return Number(match[1]) * 10 ** decimals + Number(fraction.slice(0, decimals).padEnd(decimals, '0') || '0');
}

const formats = new Map<string, Intl.NumberFormat>();
const FORMATS_MAX = 500; // above the number of currencies; the codes come from the ledger

/**
 * Formats an amount for a locale (null: the reader's own). `Intl` chooses sign, separators and order, but not
 * the number of decimals, which differs between browsers.
 */
export function formatMoney({ amountMinor, currency }: Money, locale: string | null = 'en'): string {
  const decimals = currencyDecimals(currency);
  const key = `${currency} ${locale ?? ''}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale ?? undefined, {
      style: 'currency',
      currency,
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    });
    if (formats.size >= FORMATS_MAX) formats.clear();
    formats.set(key, format);
  }
  return format.format(amountMinor / 10 ** decimals);
}
