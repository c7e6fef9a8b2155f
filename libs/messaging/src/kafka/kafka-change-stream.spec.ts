import { OPEN_KAFKA } from '@holdfast/config';
import { silentLogger } from '@holdfast/observability';
import { ConsumerSession } from './consumer-session';
import { KafkaChangeStream } from './kafka-change-stream';
import { ensureTopics } from './topics';

jest.mock('./topics', () => ({ ...jest.requireActual<object>('./topics'), ensureTopics: jest.fn() }));

describe('the change stream from Kafka', () => {
  it('begins nothing more when it is told to end while it makes its topics', async () => {
    let made: () => void = () => undefined;
    jest.mocked(ensureTopics).mockReturnValue(new Promise((resolve) => (made = resolve)));
    const run = jest.spyOn(ConsumerSession.prototype, 'run').mockResolvedValue();
    const source = {
      brokers: ['127.0.0.1:1'],
      security: OPEN_KAFKA,
      group: 'g',
      topics: [],
      heartbeat: null,
    };
    const stream = new KafkaChangeStream(source, silentLogger());
    const starting = stream.start(() => Promise.resolve());
    const stopping = stream.stop();
    made();
    await Promise.all([starting, stopping]);
    expect(run).not.toHaveBeenCalled();
  });
});
