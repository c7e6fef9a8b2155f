import { InvalidCursor, startOfMoment, TIMELINE_RANKS, type TimelinePart } from '@holdfast/contracts';
import { decodeKey, encodeKey, Timeline } from './timeline';

const AT = '2026-01-01T00:00:00.000000Z';
const query = { merchantId: 'mer_1', dropId: 'drp_1', after: null, limit: 10 };
const nothing: TimelinePart = { entries: [], upTo: startOfMoment(AT), isLast: true };

describe('a page of the timeline', () => {
  it('asks checkout nothing of a drop of others, because an answer makes its payments wait', async () => {
    const asked: string[] = [];
    const timeline = new Timeline(
      { dropTimeline: () => (asked.push('inventory'), Promise.resolve(null)) },
      { orderTimeline: () => (asked.push('checkout'), Promise.resolve(nothing)) },
    );
    expect(await timeline.page(query)).toBeNull();
    expect(asked).toEqual(['inventory']);
  });
});

describe('a cursor of the timeline', () => {
  it.each([
    [TIMELINE_RANKS.drop, 0, 1],
    [TIMELINE_RANKS.stock, 0, 1],
    [TIMELINE_RANKS.placed, 999_999_999, 1_000_000_000],
    [TIMELINE_RANKS.order, 5, 6],
    [TIMELINE_RANKS.ended, 999_999_999, 1_000_000_000],
  ])('of rank %i has no entry beyond %i', (rank, last, beyond) => {
    const key = { at: AT, rank, id: 'x', n: last };
    expect(decodeKey(encodeKey(key))).toEqual(key);
    expect(() => decodeKey(encodeKey({ ...key, n: beyond }))).toThrow(InvalidCursor);
  });

  it('is of a source that there is', () => {
    expect(() => decodeKey(encodeKey({ at: AT, rank: 5, id: '', n: 0 }))).toThrow(InvalidCursor);
  });
});
