import { silentLogger } from '@holdfast/observability';
import { waitFor } from '@holdfast/testing';
import { PgoutputChangeStream } from './pgoutput-change-stream';
import type { ReplicationConnection } from './replication-connection';
import { checkSource, ensureSlot, openReplication } from './slot';
import type { PgoutputSource } from './source';
import { StreamSession } from './stream-session';

jest.mock('./slot');
jest.mock('./snapshot', () => ({ sendSnapshot: async () => undefined }));

const source: PgoutputSource = {
  url: 'postgres://nobody@127.0.0.1:1/nowhere',
  role: 'holdfast_cdc',
  publication: 'p',
  slotPrefix: 's',
  topicPrefix: 't',
  state: [],
  outbox: { name: 'outbox', key: [], order: [] },
  heartbeatTable: 'beats',
};

describe('the change stream from pgoutput', () => {
  it.each([
    ['connects again', openReplication],
    ['looks for its slot', ensureSlot],
  ])('begins nothing more when it is told to end while it %s', async (_, slow) => {
    const done: string[] = [];
    const connection = {
      end: async () => void done.push('end'),
      destroy: () => undefined,
    } as unknown as ReplicationConnection;
    jest.mocked(checkSource).mockResolvedValue('slot');
    jest.mocked(openReplication).mockResolvedValue(connection);
    jest.mocked(ensureSlot).mockResolvedValue('kept');
    let release: () => void = () => undefined;
    // The first session is cut off; the next one gets as far as the slow step.
    jest.spyOn(StreamSession.prototype, 'run').mockImplementation(async () => {
      done.push('run');
      jest
        .mocked<(...args: never[]) => Promise<unknown>>(slow)
        .mockReturnValue(
          new Promise((resolve) => (release = () => resolve(slow === ensureSlot ? 'kept' : connection))),
        );
      jest.mocked(slow).mockClear();
      throw new Error('cut off');
    });
    jest.spyOn(StreamSession.prototype, 'stop').mockResolvedValue();
    const stream = new PgoutputChangeStream(source, silentLogger());
    const starting = stream.start(() => Promise.resolve());
    await waitFor('the slow step', () => done.length === 2 && jest.mocked(slow).mock.calls.length > 0);
    const stopping = stream.stop();
    release();
    await Promise.all([starting, stopping]);
    expect(done).toEqual(['run', 'end', 'end']);
  });
});
