import type { MerchantDropRead } from '@holdfast/contracts';
import { SystemClock } from '@holdfast/kernel';
import { waitFor } from '@holdfast/testing';
import { aDrop, DROP_ID } from '../../../../../test/support/fake-edge';
import type { LiveReader } from '../live-reader';
import { LaunchChannel, type LaunchContext } from './launch-channel';
import { LAUNCH_SETTINGS } from './launch-settings';

describe('the channel of a deleted drop', () => {
  it('goes on looking for watchers that do not read, who would stay for good', async () => {
    const read: MerchantDropRead = {
      drop: { ...aDrop(), stockDisplay: 'exact', ghostOf: null },
      stock: [],
      readAt: '2026-01-01T00:00:00.000Z',
    };
    const context = {
      source: {
        drop: () => Promise.resolve(null),
        answers: () => Promise.resolve('not-found' as const),
        counts: () => Promise.resolve({ rows: null, freshness: { staleSince: null, lagMs: 0 } }),
      },
      clock: new SystemClock(),
      settings: LAUNCH_SETTINGS,
      counted: { ticks: 0, slowWatchers: 0 },
    } as unknown as LaunchContext;
    const channel = new LaunchChannel({ merchantId: 'mer_1', dropId: DROP_ID }, read, context);
    const seen = { ends: 0, checks: 0 };
    channel.join(
      {
        begin: () => undefined,
        end: () => (seen.ends += 1),
        check: () => (seen.checks += 1) > 0,
      } as unknown as LiveReader,
      {},
    );
    await waitFor('the end', () => seen.ends > 0);
    const { checks } = seen;
    await waitFor('later looks', () => seen.checks >= checks + 2);
    expect(context.counted.ticks).toBe(0);
    channel.close();
  });
});
