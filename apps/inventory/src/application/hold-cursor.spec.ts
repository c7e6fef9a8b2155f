import { InvalidCursor } from '@holdfast/contracts';
import { deriveHoldId, seededRandom } from '@holdfast/kernel';
import { decodeHoldCursor, encodeHoldCursor } from './hold-cursor';

const holdId = deriveHoldId({ dropId: 'dabc1234', customerId: 'c', route: 'r', key: 'k' });
const position = { placedUs: '1790000000123456', holdId };

describe('the cursor of a list of holds', () => {
  it('leads back to the position it was made of', () => {
    expect(decodeHoldCursor(encodeHoldCursor(position))).toEqual(position);
  });

  it.each([
    '',
    'x',
    '%00',
    encodeHoldCursor({ ...position, placedUs: '-1' }),
    encodeHoldCursor({ ...position, placedUs: '99999999999999999' }),
    encodeHoldCursor({ ...position, placedUs: '1e9' }),
    encodeHoldCursor({ ...position, holdId: "x' OR 1=1" }),
    `${encodeHoldCursor(position)}=`,
    'a'.repeat(10_000),
  ])('refuses %j before it reaches the database', (cursor) => {
    expect(() => decodeHoldCursor(cursor)).toThrow(InvalidCursor);
  });

  it('is refused or means a position, whatever the text is', () => {
    const seed = Date.now() % 1e9;
    const random = seededRandom(seed);
    const bytes = Buffer.from(encodeHoldCursor(position), 'base64url');
    for (let i = 0; i < 5_000; i += 1) {
      const changed = Buffer.from(bytes);
      for (let n = 0; n <= random() * 3; n += 1)
        changed[Math.floor(random() * changed.length)] = Math.floor(random() * 256);
      try {
        const { placedUs, holdId: id } = decodeHoldCursor(changed.toString('base64url'));
        expect({ seed, placedUs, id }).toMatchObject({
          placedUs: expect.stringMatching(/^\d{1,16}$/),
          id: expect.stringMatching(/^[\w-]+$/),
        });
      } catch (error) {
        if (!(error instanceof InvalidCursor)) throw new Error(`seed ${seed}`, { cause: error });
      }
    }
  });
});
