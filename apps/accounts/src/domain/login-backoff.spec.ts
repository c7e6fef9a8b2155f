import * as fc from 'fast-check';
import { pauseSecondsAfter } from './login-backoff';

it('begins with the sixth wrong guess and doubles to a quarter of an hour', () => {
  const pauses = Array.from({ length: 20 }, (_, i) => pauseSecondsAfter(i + 1));
  expect(pauses).toEqual([0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900, 900]);
});

it('never gets shorter, and never longer than 15 minutes', () => {
  fc.assert(
    fc.property(fc.nat(1_000_000), (guesses) => {
      expect(pauseSecondsAfter(guesses + 1)).toBeGreaterThanOrEqual(pauseSecondsAfter(guesses));
      expect(pauseSecondsAfter(guesses)).toBeLessThanOrEqual(900);
    }),
  );
});
