import fc from 'fast-check';
import { CURRENCIES, currencyDecimals, isCurrency } from './currencies';
import { formatMoney, parseAmountMinor } from './money';

describe('money', () => {
  it.each([
    ['129.00', 'EUR', 12_900],
    ['129', 'EUR', 12_900],
    ['0.5', 'EUR', 50],
    ['0', 'EUR', 0],
    ['1500', 'JPY', 1_500],
    ['1.234', 'KWD', 1_234],
    ['4990.00', 'JPY', 4_990],
    ['129.000', 'EUR', 12_900],
    ['4990', 'HUF', 499_000],
    ['49.90', 'HUF', 4_990],
    ['1500.5', 'IDR', 150_050],
    ['0.1234', 'CLF', 1_234],
  ])('reads %s %s', (text, currency, minor) => {
    expect(parseAmountMinor(text, currency)).toBe(minor);
  });

  it.each([
    ['129.001', 'EUR'],
    ['1.5', 'JPY'],
    ['4990.01', 'JPY'],
    ['1.2340000001', 'KWD'],
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

  it('parses every amount back without a rounding error', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100_000_000_000 }),
        fc.constantFrom(...CURRENCIES),
        (minor, currency) => {
          const decimals = currencyDecimals(currency);
          const digits = String(minor).padStart(decimals + 1, '0');
          const text = decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
          expect(parseAmountMinor(text, currency)).toBe(minor);
          expect(parseAmountMinor(decimals === 0 ? `${text}.00` : `${text}00`, currency)).toBe(minor);
          expect(formatMoney({ amountMinor: minor, currency }).replace(/\D/g, '')).toBe(digits);
        },
      ),
    );
  });

  // ISO 4217, list one; CLDR, which Intl uses, has other numbers for those of the first group.
  it.each([
    ['AFN ALL COP HUF IDR IRR KPW LAK LBP MGA MMK PKR SOS SYP YER', 2],
    ['EUR USD GBP CHF MRU XCG ZWG VED SLE', 2],
    ['JPY ISK KRW CLP XAF XOF XPF UGX VND', 0],
    ['KWD BHD TND IQD JOD', 3],
    ['CLF UYW', 4],
  ])('%s have %d decimals', (codes, decimals) => {
    expect(codes.split(' ').filter((code) => currencyDecimals(code) !== decimals)).toEqual([]);
    expect(codes.split(' ').filter((code) => !isCurrency(code))).toEqual([]);
  });

  it('recognizes currencies and formats amounts', () => {
    expect(isCurrency('EUR')).toBe(true);
    expect(isCurrency('eur')).toBe(false);
    expect(['ZZZ', 'XXX', 'XAU', 'HRK', '', 'EURO'].filter(isCurrency)).toEqual([]);
    expect(formatMoney({ amountMinor: 12_900, currency: 'EUR' })).toBe('€129.00');
    expect(formatMoney({ amountMinor: 1_500, currency: 'JPY' })).toBe('¥1,500');
    expect(formatMoney({ amountMinor: 499_000, currency: 'HUF' })).toMatch(/4,990\.00/);
    // Withdrawn, but a ledger may contain it.
    expect(formatMoney({ amountMinor: 500, currency: 'HRK' })).toMatch(/5\.00/);
  });
});
