import { shared } from './shared-answer';

describe('a shared answer', () => {
  it('is asked for once by a crowd, and again when it is too old', async () => {
    let asked = 0;
    let nowMs = 0;
    const ask = shared(
      500,
      async () => (asked += 1),
      () => nowMs,
    );
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1]);
    nowMs = 499;
    expect(await ask()).toBe(1);
    nowMs = 500;
    expect(await Promise.all([ask(), ask()])).toEqual([2, 2]);
  });

  it('that failed is not kept', async () => {
    let asked = 0;
    const ask = shared(500, async () => {
      asked += 1;
      if (asked === 1) throw new Error('away');
      return asked;
    });
    await expect(ask()).rejects.toThrow('away');
    expect(await ask()).toBe(2);
  });
});
