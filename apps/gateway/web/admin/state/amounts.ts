// The server's own rules: an amount is read here as it is read there.
import { currencyDecimals } from '../../../../../libs/kernel/src/currencies';
import { parseAmountMinor } from '../../../../../libs/kernel/src/money';

/** An amount as a person types it, with a comma or a point; undefined when it is none of this currency. */
export function minorOf(text: string, currency: string): number | undefined {
  return parseAmountMinor(text.replace(',', '.'), currency);
}

/** The amount as a field shows it. */
export function amountOf(minor: number, currency: string): string {
  const decimals = currencyDecimals(currency);
  return (minor / 10 ** decimals).toFixed(decimals);
}
