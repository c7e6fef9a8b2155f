// The table of currencies is the server's own: the page may never show another price than the one that is charged.
import { formatMoney as formatIn } from '../../../../libs/kernel/src/money';
import type { Money } from './types';

/** An amount as people write it where they are, with the decimals that ISO 4217 gives its currency. */
export function formatMoney(money: Money): string {
  return formatIn(money, null);
}

export function times({ amountMinor, currency }: Money, quantity: number): Money {
  return { amountMinor: amountMinor * quantity, currency };
}

const whole = new Intl.NumberFormat();

export function formatCount(n: number): string {
  return whole.format(n);
}
