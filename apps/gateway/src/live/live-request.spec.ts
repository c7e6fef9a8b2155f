import { readForSeconds } from './live-request';

describe('?for=', () => {
  it.each(['1', '0.5', '30', '86400'])('takes %s', (text) => {
    expect(readForSeconds(text)).toEqual({ kind: 'seconds', seconds: Number(text) });
  });

  it.each(['', '0', '0.0', '-1', '1e3', 'ten', '86401', '99999999', ' 1', '1.', ['1', '2'], {}])(
    'refuses %j',
    (value) => {
      expect(readForSeconds(value)).toEqual({ kind: 'malformed' });
    },
  );

  it('is without end when not asked', () => {
    expect(readForSeconds(undefined)).toEqual({ kind: 'unbounded' });
  });
});
