import fc from 'fast-check';
import { oddCursors } from '../../../test/support/odd-cursors';
import { decodeCursor, encodeCursor, InvalidCursor } from './list-cursor';

const position = { createdAt: '2026-11-22T04:30:00.123456Z', id: 'dabc1234' };
const at = (createdAt: string) => encodeCursor({ ...position, createdAt });

describe('the cursor of a list', () => {
  it.each(['2026-11-22T04:30:00.123456Z', '2026-11-22T04:30:00.123Z', '2024-02-29T00:00:00.000Z'])(
    'leads back to the position it was made of: %s',
    (createdAt) => {
      expect(decodeCursor(at(createdAt))).toEqual({ ...position, createdAt });
    },
  );

  it.each([
    ['nothing', ''],
    ['a word', 'x'],
    ['year 0000', at('0000-01-01T00:00:00.000000Z')],
    ['31 February', at('2026-02-31T04:30:00.123456Z')],
    ['29 February of a common year', at('2026-02-29T04:30:00.123Z')],
    ['month 13', at('2026-13-01T04:30:00.123456Z')],
    ['24:00', at('2026-11-22T24:00:00.000Z')],
    ['a leap second', at('2026-12-31T23:59:60.000Z')],
    ['infinity', at('infinity')],
    ['SQL', encodeCursor({ ...position, id: "x' OR 1=1" })],
    ['padding', `${encodeCursor(position)}=`],
    ['a blank', ` ${encodeCursor(position)}`],
    ['much', 'a'.repeat(10_000)],
  ])('refuses %s', (_what, cursor) => {
    expect(() => decodeCursor(cursor)).toThrow(InvalidCursor);
  });

  it('made of any text is refused, or is the cursor of a real moment', () => {
    fc.assert(
      fc.property(oddCursors, (cursor) => {
        try {
          const { createdAt } = decodeCursor(cursor);
          expect(new Date(createdAt).toISOString().slice(0, 19)).toBe(createdAt.slice(0, 19));
          expect(createdAt >= '1970').toBe(true);
        } catch (error) {
          if (!(error instanceof InvalidCursor)) throw error;
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
