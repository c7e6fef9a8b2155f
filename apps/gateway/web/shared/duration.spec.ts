import { clockText, spokenDuration } from './duration';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('durations', () => {
  it.each([
    [0, '0:00'],
    [-5, '0:00'],
    [1, '0:01'],
    [59_999, '1:00'],
    [5 * MINUTE, '5:00'],
    [HOUR + 2 * MINUTE + 3_000, '1:02:03'],
    [50 * HOUR, '2 d 02:00:00'],
  ])('of %d ms read %s on the clock', (ms, text) => {
    expect(clockText(ms)).toBe(text);
  });

  it.each([
    [1_000, '1 second'],
    [MINUTE, '1 minute'],
    [5 * MINUTE + 1_000, '5 minutes 1 second'],
    [2 * HOUR, '2 hours'],
    [25 * HOUR, '1 day 1 hour'],
  ])('of %d ms are spoken as %s', (ms, text) => {
    expect(spokenDuration(ms)).toBe(text);
  });
});
