import { median, percentile } from './statistics';

it('gives percentiles by nearest rank, in any order of the values', () => {
  const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);
  expect([0.5, 0.95, 0.99].map((share) => percentile(hundred, share))).toEqual([50, 95, 99]);
  expect(percentile([], 0.5)).toBeNull();
  expect(median([3, 1, 2])).toBe(2);
  expect(median([])).toBeNaN();
});
