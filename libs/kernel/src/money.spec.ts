import fc from 'fast-check';
import { currencyDecimals, formatMoney, isCurrency, parseAmountMinor } from './money';

describe('money', () => {
  it.each([
    ['129.00', 'EUR', 12_900],
    ['129', 'EUR', 12_900],
    ['0.5', 'EUR', 50],
    ['0', 'EUR', 0],
    ['1500', 'JPY', 1_500],
    ['1.234', 'KWD', 1_234],
  ])('reads %s %s', (text, currency, minor) => {
    expect(parseAmountMinor(text, currency)).toBe(minor);
  });

  it.each([
    ['129.001', 'EUR'],
    ['1.5', 'JPY'],
    ['-1', 'EUR'],
    ['+1', 'EUR'],
    ['1,000.00', 'EUR'],
    ['1e3', 'EUR'],
    ['free', 'EUR'],
    ['', 'EUR'],
    ['.5', 'EUR'],
    ['5.', 'EUR'],
    [' 5', 'EUR'],
  ])('refuses %j %s', (text, currency) => {
    expect(parseAmountMinor(text, currency)).toBeUndefined();
  });

  it('reads back every amount it could be given, without a rounding error', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100_000_000_000 }),
        fc.constantFrom('EUR', 'JPY', 'KWD'),
        (minor, currency) => {
          const decimals = currencyDecimals(currency);
          const digits = String(minor).padStart(decimals + 1, '0');
          const text = decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
          expect(parseAmountMinor(text, currency)).toBe(minor);
        },
      ),
    );
  });

  it('knows currencies and shows amounts', () => {
    expect(isCurrency('EUR')).toBe(true);
    expect(isCurrency('eur')).toBe(false);
    expect(isCurrency('ZZZ')).toBe(false);
    expect(formatMoney({ amountMinor: 12_900, currency: 'EUR' })).toBe('€129.00');
    expect(formatMoney({ amountMinor: 1_500, currency: 'JPY' })).toBe('¥1,500');
  });
});
