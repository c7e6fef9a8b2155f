/** An amount in the minor unit of its currency (cents for EUR, yen for JPY); never a fraction, never a float of the major unit. */
export interface Money {
  amountMinor: number;
  /** ISO 4217, upper case. */
  currency: string;
}

const SUPPORTED = new Set(Intl.supportedValuesOf('currency'));

export function isCurrency(code: string): boolean {
  return SUPPORTED.has(code);
}

/** How many decimals the currency has (ISO 4217): EUR 2, JPY 0, KWD 3. */
export function currencyDecimals(currency: string): number {
  return (
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  );
}

/**
 * Reads a decimal amount (`129`, `129.00`) into minor units. Undefined when it is not one: a sign, words, a thousands separator,
 * an exponent or more decimals than the currency has. Never rounds.
 */
export function parseAmountMinor(text: string, currency: string): number | undefined {
  const match = /^(\d{1,12})(?:\.(\d+))?$/.exec(text);
  if (!match) return undefined;
  const decimals = currencyDecimals(currency);
  const fraction = match[2] ?? '';
  if (fraction.length > decimals) return undefined;
  return Number(match[1]) * 10 ** decimals + Number(fraction.padEnd(decimals, '0') || '0');
}

export function formatMoney(money: Money, locale = 'en'): string {
  const decimals = currencyDecimals(money.currency);
  return new Intl.NumberFormat(locale, { style: 'currency', currency: money.currency }).format(
    money.amountMinor / 10 ** decimals,
  );
}
