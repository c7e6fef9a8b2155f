import { waitFor } from '@holdfast/testing';
import { EventEmitter } from 'node:events';
import { type Client, MerchantTurns, TURN_SETTINGS } from './merchant-turns';

const settings = { ...TURN_SETTINGS, atOnce: 2, waitingOfMerchant: 3, waiting: 4, turnMs: 60_000 };

/** Takes `n` turns and keeps them; those that are served, in order. */
function crowd(turns: MerchantTurns, merchantId: string, n: number) {
  const served: { i: number; end: () => void }[] = [];
  const refused: unknown[] = [];
  const all = Array.from({ length: n }, async (_, i) => {
    try {
      served.push({ i, end: await turns.take(merchantId) });
    } catch (error) {
      refused.push((error as { problem: { code: string } }).problem.code);
    }
  });
  return { served, refused, all: Promise.all(all) };
}

describe('the turns of merchants', () => {
  it('serve a few of each merchant at a time, in order, whatever others send', async () => {
    const turns = new MerchantTurns(settings);
    const flood = crowd(turns, 'mer_a', 5);
    await waitFor('the first', () => flood.served.length === 2);
    const other = crowd(turns, 'mer_b', 2);
    await other.all;
    expect(other.served).toHaveLength(2);
    for (let i = 0; i < 5; i += 1) {
      await waitFor('the next', () => flood.served.length > i);
      expect(flood.served[i]!.i).toBe(i);
      flood.served[i]!.end();
      flood.served[i]!.end();
      expect(flood.served.length).toBeLessThanOrEqual(i + 3);
    }
    for (const { end } of other.served) end();
    expect(turns.size).toBe(0);
  });

  it('refuse who would be one too many to wait, of a merchant and of all', async () => {
    const turns = new MerchantTurns(settings);
    const a = crowd(turns, 'mer_a', 6);
    const b = crowd(turns, 'mer_b', 4);
    await waitFor('the refusals', () => a.refused.length === 1 && b.refused.length === 1);
    expect([...a.refused, ...b.refused]).toEqual(Array(2).fill('temporary-reduced-capacity'));
    for (const { served } of [a, b]) for (const { end } of served) end();
  });

  it('are not kept for clients that hang up while they wait', async () => {
    const turns = new MerchantTurns({ ...settings, waitMs: 60_000 });
    const served = crowd(turns, 'mer_a', 2);
    await served.all;
    const clients = Array.from({ length: 3 }, () => Object.assign(new EventEmitter(), { destroyed: false }));
    const take = (client: EventEmitter) => turns.take('mer_a', client as unknown as Client);
    const gone = clients.map(async (client) => take(client));
    for (const client of clients) client.emit('close');
    const reason = { problem: { code: 'temporary-reduced-capacity' } };
    expect(await Promise.allSettled(gone)).toMatchObject(clients.map(() => ({ status: 'rejected', reason })));
    const next = crowd(turns, 'mer_a', 3);
    served.served[0]!.end();
    await waitFor('the next', () => next.served.length === 1);
    expect(next.refused).toEqual([]);
    const late = Object.assign(new EventEmitter(), { destroyed: true });
    await expect(take(late)).rejects.toMatchObject(reason);
    // Who is served no longer listens.
    const client = Object.assign(new EventEmitter(), { destroyed: false });
    const last = new MerchantTurns(settings);
    const first = crowd(last, 'mer_a', 2);
    await first.all;
    const turn = last.take('mer_a', client as unknown as Client);
    first.served[0]!.end();
    (await turn)();
    expect(client.listenerCount('close')).toBe(0);
    first.served[1]!.end();
    expect(last.size).toBe(0);
    for (const { end } of [...served.served, ...next.served]) end();
    await waitFor('the last', () => next.served.length === 3);
    for (const { end } of next.served) end();
    expect(turns.size).toBe(0);
  });

  it('go on when a request does not end, and let nobody wait for long', async () => {
    const goingOn = crowd(new MerchantTurns({ ...settings, turnMs: 20 }), 'mer_a', 5);
    await goingOn.all;
    expect(goingOn.served.map(({ i }) => i)).toEqual([0, 1, 2, 3, 4]);
    const stuck = crowd(new MerchantTurns({ ...settings, waitMs: 20 }), 'mer_a', 5);
    await stuck.all;
    expect(stuck.refused).toEqual(Array.from({ length: 3 }, () => 'temporary-reduced-capacity'));
    for (const { end } of [...goingOn.served, ...stuck.served]) end();
  });
});
