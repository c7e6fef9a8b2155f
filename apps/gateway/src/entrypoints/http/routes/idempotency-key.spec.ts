import { parseIdempotencyKey } from './idempotency-key';

describe('Idempotency-Key', () => {
  it.each([
    ['abc', 'abc'],
    ['"abc"', 'abc'],
    ['a"b', 'a"b'],
    ['"a\\"b"', 'a"b'],
    ['x'.repeat(255), 'x'.repeat(255)],
    [`"${'x'.repeat(255)}"`, 'x'.repeat(255)],
  ])('reads %s', (header, key) => {
    expect(parseIdempotencyKey(header)).toBe(key);
  });

  it.each(['', '""', '"', '"abc', '"a"b"', '"a\\b"', 'a b', '"a b"', 'é', 'a\tb', 'x'.repeat(256), 'a, b'])(
    'refuses %j',
    (header) => {
      expect(parseIdempotencyKey(header)).toBeUndefined();
    },
  );
});
