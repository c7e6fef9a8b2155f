import type { DropRecord, Drops, LiveFeed, LiveListener, StockView } from '@holdfast/contracts';
import { SystemClock } from '@holdfast/kernel';
import { DropDirectory } from './drop-directory';

function record(revision: number, state: DropRecord['state']): DropRecord {
  return {
    id: 'd1234567',
    merchantId: 'mer_1',
    name: 'Drop',
    description: '',
    imageUrl: null,
    state,
    mode: 'first-come',
    opensAt: null,
    closesAt: null,
    perCustomerLimit: 4,
    holdTtlSeconds: 300,
    stockDisplay: 'exact' as const,
    admission: { perMinute: null, from: null },
    revision,
    createdAt: '2026-11-22T00:00:00.000Z',
    items: [],
  };
}

/**
 * A ledger that returns the given answers in turn, then always the last one, and a feed for the test to
 * publish on.
 */
function directoryOver(answers: (DropRecord | null)[]) {
  let listener: LiveListener = () => undefined;
  const getDrop = jest.fn(() => Promise.resolve(answers.length > 1 ? answers.shift()! : answers[0]!));
  const directory = new DropDirectory(
    { getDrop } as unknown as Drops,
    {
      ofDrop: () => Promise.resolve([]),
      freshness: () => Promise.resolve({ staleSince: null }),
    } as unknown as StockView,
    { subscribe: (it: LiveListener) => ((listener = it), () => undefined) } as unknown as LiveFeed,
    new SystemClock(),
  );
  directory.start();
  const told = (revision: number) => listener({ kind: 'drop', dropId: 'd1234567', revision });
  return { directory, told, getDrop };
}

describe('drop directory', () => {
  it('asks again when the ledger still shows what was before the change that the feed told of', async () => {
    const { directory, told } = directoryOver([record(1, 'open'), record(1, 'open'), record(2, 'paused')]);
    expect((await directory.get('d1234567'))?.state).toBe('open');
    told(2);
    expect((await directory.get('d1234567'))?.state).toBe('paused');
  });

  it('asks again for a draft that has just been opened', async () => {
    const { directory, told } = directoryOver([null, record(2, 'open')]);
    told(2);
    expect((await directory.get('d1234567'))?.state).toBe('open');
  });

  it('returns the current state if the change never appears, and reads once without a message', async () => {
    const { directory, told, getDrop } = directoryOver([record(1, 'open')]);
    await directory.get('d1234567');
    expect(getDrop).toHaveBeenCalledTimes(1);
    told(9);
    expect((await directory.get('d1234567'))?.state).toBe('open');
  });
});
