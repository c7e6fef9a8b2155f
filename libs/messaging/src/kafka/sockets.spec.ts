import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ISocketFactoryArgs, Kafka, logLevel } from 'kafkajs';
import { Sockets } from './sockets';

function cutOff(): Sockets {
  const sockets = new Sockets();
  sockets.cut();
  return sockets;
}

describe('a Kafka client that was cut off', () => {
  it('fails at once, however often it would try', async () => {
    const kafka = new Kafka({
      brokers: ['127.0.0.1:1'],
      socketFactory: cutOff().factory,
      logLevel: logLevel.NOTHING,
      retry: { retries: 1_000_000 },
    });
    await expect(kafka.admin().connect()).rejects.toThrow('cut off');
  });

  it('opens no connection that was ended before it was there: nobody would end it again', async () => {
    const opened = jest.fn();
    const socket = cutOff().factory({
      host: '127.0.0.1',
      port: 1,
      onConnect: opened,
    } as unknown as ISocketFactoryArgs);
    socket.end();
    await nextTurn();
    await nextTurn();
    expect(opened).not.toHaveBeenCalled();
  });

  it('learns that a connection is over when it has asked for something', async () => {
    const ended = jest.fn();
    const socket = cutOff().factory({
      host: '127.0.0.1',
      port: 1,
      onConnect: () => {},
    } as unknown as ISocketFactoryArgs);
    socket.on('end', ended);
    expect(() => socket.write('x')).toThrow('cut off');
    await nextTurn();
    await nextTurn();
    expect(ended).toHaveBeenCalledTimes(1);
  });
});
