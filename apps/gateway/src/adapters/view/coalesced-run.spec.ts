import { CoalescedRun } from './coalesced-run';

function held() {
  const begun: (() => void)[] = [];
  const rerun = new CoalescedRun(() => {
    const turn = begun.length + 1;
    return new Promise<number>((resolve) => begun.push(() => resolve(turn)));
  });
  return { begun, rerun };
}
const soon = () => new Promise((resolve) => setImmediate(resolve));

describe('running again for who came late', () => {
  it('gives each caller a run that began after its call, and at most one waits', async () => {
    const { begun, rerun } = held();
    const first = rerun.run();
    const [second, third] = [rerun.run(), rerun.run()];
    expect(begun).toHaveLength(1);
    begun[0]!();
    expect(await first).toBe(1);
    await soon();
    expect(begun).toHaveLength(2);
    const fourth = rerun.run();
    begun[1]!();
    expect(await Promise.all([second, third])).toEqual([2, 2]);
    await soon();
    begun[2]!();
    expect(await fourth).toBe(3);
  });

  it('goes on after a run that failed', async () => {
    let turn = 0;
    const rerun = new CoalescedRun(async () => {
      turn += 1;
      if (turn === 1) throw new Error('once');
      return turn;
    });
    const [first, second] = [rerun.run(), rerun.run()];
    await expect(first).rejects.toThrow('once');
    expect(await second).toBe(2);
    expect(await rerun.run()).toBe(3);
  });
});
