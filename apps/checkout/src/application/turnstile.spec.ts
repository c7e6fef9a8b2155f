import { Turnstile } from './turnstile';

const LIMITS = { places: 2, placeMs: 10_000, waitMs: 10_000, waiting: 3 };

describe('the turnstile before payments', () => {
  it('lets as many in as it has places, and the next when one leaves, in order', async () => {
    const turnstile = new Turnstile(LIMITS);
    const entered: string[] = [];
    const enter = async (name: string) => {
      const leave = await turnstile.enter();
      entered.push(name);
      return leave;
    };
    const [a, b] = [await enter('a'), await enter('b')];
    const [c, d] = [enter('c'), enter('d')];
    expect(entered).toEqual(['a', 'b']);
    a?.();
    (await c)?.();
    await d;
    expect(entered).toEqual(['a', 'b', 'c', 'd']);
    b?.();
  });

  it('counts a place once, however often its holder leaves', async () => {
    const turnstile = new Turnstile({ ...LIMITS, places: 1, waiting: 0 });
    const leave = await turnstile.enter();
    leave?.();
    leave?.();
    expect(await turnstile.enter()).not.toBeNull();
    expect(await turnstile.enter()).toBeNull();
  });

  it('gives the place of somebody who hangs to the next', async () => {
    const turnstile = new Turnstile({ ...LIMITS, places: 1, placeMs: 10 });
    await turnstile.enter();
    expect(await turnstile.enter()).not.toBeNull();
  });

  it('turns away who waits too long, and who finds too many waiting', async () => {
    const turnstile = new Turnstile({ ...LIMITS, places: 1, waitMs: 20, waiting: 1 });
    const leave = await turnstile.enter();
    const waits = turnstile.enter();
    expect(await turnstile.enter()).toBeNull();
    expect(await waits).toBeNull();
    leave?.();
    expect(await turnstile.enter()).not.toBeNull();
  });
});
