import { dropStateAt } from './drop';

const at = Date.parse('2026-11-22T12:00:00Z');
const opensAt = '2026-11-22T12:00:00.000Z';
const closesAt = '2026-11-22T13:00:00.000Z';

describe('state of a drop at a moment', () => {
  it.each([
    ['draft', null, null, 'draft'],
    ['scheduled', '2026-11-22T12:00:00.001Z', null, 'scheduled'],
    ['scheduled', opensAt, null, 'open'],
    ['scheduled', opensAt, opensAt, 'closed'],
    ['open', opensAt, closesAt, 'open'],
    ['open', opensAt, opensAt, 'closed'],
    ['paused', opensAt, closesAt, 'paused'],
    ['paused', opensAt, opensAt, 'closed'],
    ['closed', opensAt, closesAt, 'closed'],
  ] as const)('%s, opening %s, closing %s, is %s', (state, opens, closes, expected) => {
    expect(dropStateAt({ state, opensAt: opens, closesAt: closes }, at)).toBe(expected);
  });
});
