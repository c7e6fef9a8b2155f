import fc from 'fast-check';
import { CURRENCIES, formatMoney as formatOnServer, parseAmountMinor } from '@holdfast/kernel';
import { formatMoney, times } from './money';

const digits = (text: string) => text.replace(/[^\d.,]/g, '').replace(',', '.');

describe('money on the page', () => {
  it.each([
    [12_900, 'EUR', '129.00'],
    [12_900, 'JPY', '12.900'],
    [1_234, 'KWD', '1.234'],
    [0, 'EUR', '0.00'],
    [4_990, 'HUF', '49.90'],
    [150_000, 'IDR', '1.500.00'],
  ])('%d minor units of %s are %s', (amountMinor, currency, text) => {
    expect(digits(formatMoney({ amountMinor, currency }))).toBe(text);
  });

  it('is what the server shows and reads, in every currency', () => {
    // The tests run in an English locale; a currency's sign may have a dot of its own (`Cg.`).
    const plain = (text: string) => text.replace(/[^\d.]/g, '').replace(/^\.+/, '');
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100_000_000_000 }),
        fc.constantFrom(...CURRENCIES),
        (amountMinor, currency) => {
          const shown = plain(formatMoney({ amountMinor, currency }));
          expect(shown).toBe(plain(formatOnServer({ amountMinor, currency })));
          expect(parseAmountMinor(shown, currency)).toBe(amountMinor);
        },
      ),
    );
  });

  it('multiplies in minor units', () => {
    expect(times({ amountMinor: 1_999, currency: 'EUR' }, 3)).toEqual({
      amountMinor: 5_997,
      currency: 'EUR',
    });
  });
});
