import { Turns } from './turns';

describe('turns', () => {
  it('are given to so many at a time, in order, and to no more than may wait', async () => {
    const turns = new Turns(2, 2);
    const order: number[] = [];
    const all = [1, 2, 3, 4, 5].map((n) => turns.take()?.then(() => order.push(n)) ?? null);
    await all[0];
    await all[1];
    expect([order, all[4]]).toEqual([[1, 2], null]);
    turns.giveBack();
    await all[2];
    turns.giveBack();
    await all[3];
    expect([order, turns.isIdle]).toEqual([[1, 2, 3, 4], false]);
    turns.giveBack();
    turns.giveBack();
    expect(turns.isIdle).toBe(true);
  });
});
