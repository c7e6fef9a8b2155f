import { clock } from '../shared/server-clock';
import { KeptPurchase } from './kept';

// Tests without a browser. The page's clock, which never stops, is created after this, with timers that end
// with the test.
jest.mock('@preact/signals', () => {
  jest.useFakeTimers();
  return jest.requireActual<object>('@preact/signals-core');
});

const intent = (key: string, atMs: number | null = null) => ({ key, body: '{}', atMs });
const tab = () => new KeptPurchase('d1234567');
const MINUTE = 60_000;

afterEach(() => {
  for (const [holdId] of tab().holds) tab().forgetHold(holdId);
  for (const { key } of tab().intents) tab().forgetIntent(key);
});

describe('what the browser keeps of a drop', () => {
  it('is one record for each hold: a tab that forgets its own leaves those of the others', () => {
    const [one, two] = [tab(), tab()];
    one.keepIntent(intent('a'));
    two.keepIntent(intent('b'));
    one.keepHold('h1', {});
    two.keepHold('h2', { orderId: 'o2' });
    two.forgetHold('h2');
    two.forgetIntent('b');
    expect([one.holds.map(([id]) => id), one.intents.map(({ key }) => key)]).toEqual([['h1'], ['a']]);
    expect(new KeptPurchase('d7654321').holds).toEqual([]);
  });

  it('is not too old by the shopper’s own clock, only by the server’s', () => {
    const kept = tab();
    kept.keepIntent(intent('old', Date.parse('2026-01-01T00:00:00Z')));
    kept.keepIntent(intent('undated'));
    jest.setSystemTime(Date.parse('2099-01-01T00:00:00Z'));
    expect(kept.intents.map(({ key }) => key).sort()).toEqual(['old', 'undated']);
    clock.heard(new Date(Date.parse('2026-01-01T00:00:00Z') + 11 * MINUTE).toISOString());
    expect(kept.intents.map(({ key }) => key)).toEqual(['undated']);
  });
});
