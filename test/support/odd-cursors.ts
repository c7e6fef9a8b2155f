import fc from 'fast-check';
import { encodeCursor } from '@holdfast/contracts';

const two = (n: number) => String(n).padStart(2, '0');
const pair = fc.integer({ min: 0, max: 99 });

/** Cursors that look like ours, with any digits in the date: year 0000, 31 February, 24:00. */
const almostOurs = fc
  .record({
    year: fc.oneof(fc.constantFrom(0, 1, 1969, 2026, 9999), fc.integer({ min: 0, max: 9999 })),
    month: fc.integer({ min: 0, max: 13 }),
    day: fc.integer({ min: 0, max: 32 }),
    hour: fc.integer({ min: 0, max: 25 }),
    minute: pair,
    second: pair,
    fraction: fc.constantFrom('000', '123456', '999', '1'),
    id: fc.constantFrom('dabc1234', 'd1234567-o00000000000000000000000000', "x' OR 1=1", ''),
  })
  .map(({ year, month, day, hour, minute, second, fraction, id }) => {
    const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
    const time = `${two(hour)}:${two(minute)}:${two(second)}.${fraction}Z`;
    return encodeCursor({ createdAt: `${date}T${time}`, id });
  });

/** Text that somebody sends as a cursor: anything, and what is nearly ours. */
export const oddCursors = fc.oneof(fc.string(), fc.base64String(), almostOurs);

/** Those that a fault was found with. */
export const FOUND_CURSORS = [
  '0000-01-01T00:00:00.000',
  '2026-02-31T04:30:00.123',
  '0001-01-01T00:00:00.000',
].flatMap((time) =>
  [`${time}Z`, `${time}000Z`].map((createdAt) =>
    encodeCursor({ createdAt, id: 'd1234567-o00000000000000000000000000' }),
  ),
);
