import { ServiceUnavailable } from '@holdfast/contracts';
import { KnownDrops } from './known-drops';

/** A ledger that answers when it is let. */
class SlowLedger {
  readonly asked: string[][] = [];
  private goOn: (() => void)[] = [];
  isOpen = true;

  find = async (ids: readonly string[]): Promise<string[]> => {
    this.asked.push([...ids]);
    if (!this.isOpen) await new Promise<void>((resolve) => this.goOn.push(resolve));
    return ids.filter((id) => id.startsWith('dreal'));
  };

  open(): void {
    this.isOpen = true;
    for (const go of this.goOn.splice(0)) go();
  }
}

describe('the drops that are known', () => {
  it('are asked for once, and answered from memory afterwards', async () => {
    const ledger = new SlowLedger();
    const drops = new KnownDrops(ledger.find);
    expect(await Promise.all([drops.has('dreal1'), drops.has('dreal1')])).toEqual([true, true]);
    expect(drops.has('dreal1')).toBe(true);
    expect(ledger.asked).toEqual([['dreal1']]);
  });

  it('keep nothing of a drop that is not there, and find it when it has been made', async () => {
    const drops = new KnownDrops(async (ids) => (made ? [...ids] : []));
    let made = false;
    for (let n = 0; n < 1_000; n += 1) expect(await drops.has(`dfalse${n}`)).toBe(false);
    expect(drops.size).toBe(0);
    made = true;
    expect(await drops.has('dfalse1')).toBe(true);
  });

  it('take one statement at a time for any number of invented ids, and refuse what is too many', async () => {
    const ledger = new SlowLedger();
    ledger.isOpen = false;
    const drops = new KnownDrops(ledger.find);
    const answers = Array.from({ length: 3_000 }, async (_, n) => drops.has(`dfalse${n}`));
    const settled = Promise.allSettled(answers);
    expect(ledger.asked).toHaveLength(1);
    expect(drops.size).toBeLessThanOrEqual(2_000);
    ledger.open();
    const refused = (await settled).filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(refused.length).toBeGreaterThan(900);
    expect(refused[0]!.reason).toBeInstanceOf(ServiceUnavailable);
    expect(ledger.asked.length).toBeLessThanOrEqual(6);
    expect(await drops.has('dreal2')).toBe(true);
  });

  it('ask the ledger again after it was away', async () => {
    let away = true;
    const drops = new KnownDrops(async (ids) => {
      if (away) throw new ServiceUnavailable('away');
      return [...ids];
    });
    await expect(drops.has('dreal3')).rejects.toThrow(ServiceUnavailable);
    away = false;
    expect(await drops.has('dreal3')).toBe(true);
  });

  it('never ask for what cannot be a drop', () => {
    const ledger = new SlowLedger();
    const drops = new KnownDrops(ledger.find);
    for (const odd of ['', 'D1', 'd', "d'1", 'd\0rop', 'd'.repeat(33)]) expect(drops.has(odd)).toBe(false);
    expect(ledger.asked).toEqual([]);
  });
});
