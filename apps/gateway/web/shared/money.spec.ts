import { formatMoney, times } from './money';

const digits = (text: string) => text.replace(/[^\d.,]/g, '').replace(',', '.');

describe('money on the page', () => {
  it.each([
    [12_900, 'EUR', '129.00'],
    [12_900, 'JPY', '12.900'],
    [1_234, 'KWD', '1.234'],
    [0, 'EUR', '0.00'],
  ])('%d minor units of %s are %s', (amountMinor, currency, text) => {
    expect(digits(formatMoney({ amountMinor, currency }))).toBe(text);
  });

  it('multiplies in minor units', () => {
    expect(times({ amountMinor: 1_999, currency: 'EUR' }, 3)).toEqual({
      amountMinor: 5_997,
      currency: 'EUR',
    });
  });
});
