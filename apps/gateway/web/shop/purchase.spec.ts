import { clock } from '../shared/server-clock';
import type { Hold } from '../shared/types';
import { DropStore } from './drop-store';
import { Purchase } from './purchase';

// The page's clock, which never stops, is created after this, with timers that end with the test.
jest.mock('@preact/signals', () => {
  jest.useFakeTimers();
  return jest.requireActual<object>('@preact/signals-core');
});

const hold = (id: string, expiresAt: string) => ({ id, expiresAt, lines: [] }) as unknown as Hold;

describe('holds that are offered', () => {
  it('are those whose time is not over, by the server’s clock', () => {
    clock.heard('2026-01-01T12:00:00.000Z');
    const purchase = new Purchase(new DropStore('d1'));
    const { live } = purchase as unknown as { live: { add(hold: Hold): void } };
    live.add(hold('h1', '2026-01-01T11:59:59.000Z'));
    live.add(hold('h2', '2026-01-01T12:05:00.000Z'));
    expect(purchase.others.value.map(({ id }) => id)).toEqual(['h2']);
    clock.heard('2026-01-01T12:05:01.000Z');
    expect(purchase.others.value).toEqual([]);
  });
});
