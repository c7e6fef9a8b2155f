import { fullSeries, rangeOf } from './series';

const AT = Date.parse('2026-12-01T10:00:00Z');

it('stands on whole steps', () => {
  expect(rangeOf(AT + 1, AT + 59_999, '1m')).toEqual({ step: '1m', fromMs: AT, toMs: AT + 60_000 });
  expect(rangeOf(AT, AT + 60_000, '1m')).toEqual({ step: '1m', fromMs: AT, toMs: AT + 60_000 });
});

it('takes the finest step that fits when none is asked for', () => {
  expect(rangeOf(AT, AT + 10_000_000, undefined)?.step).toBe('1s');
  expect(rangeOf(AT, AT + 10_001_000, undefined)?.step).toBe('10s');
  expect(rangeOf(AT, AT + 30 * 86_400_000, undefined)?.step).toBe('1h');
});

it('has at most 10,000 points, and ends after it begins', () => {
  expect(rangeOf(AT, AT + 10_000_000, '1s')).not.toBeNull();
  expect(rangeOf(AT, AT + 10_001_000, '1s')).toBeNull();
  expect(rangeOf(AT, AT - 1_000, '1s')).toBeNull();
});

it('has a point of zero where nothing happened', () => {
  const point = {
    arrivals: 2,
    holds: 1,
    refusals: { 'sold-out': 1 },
    released: 0,
    expired: 0,
    readers: 3,
    p99Ms: 4,
  };
  const series = fullSeries(
    { step: '10s', fromMs: AT, toMs: AT + 30_000 },
    [{ t: new Date(AT).toISOString(), ...point }],
    [{ t: new Date(AT + 20_000).toISOString(), paid: 1, failed: 2 }],
  );
  const nothing = { arrivals: 0, holds: 0, refusals: {}, released: 0, expired: 0, readers: 0, p99Ms: 0 };
  expect(series).toEqual([
    { t: new Date(AT).toISOString(), ...point, paid: 0, failed: 0 },
    { t: new Date(AT + 10_000).toISOString(), ...nothing, paid: 0, failed: 0 },
    { t: new Date(AT + 20_000).toISOString(), ...nothing, paid: 1, failed: 2 },
  ]);
});
