import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { clientTls, ServiceKeys } from '../security';
import { TRANSPORT_SETTINGS } from '../settings';
import { Connection } from './connection';

const keys = new ServiceKeys('a service key for tests, long enough');

it.each([
  ['off', undefined, Socket],
  ['on', clientTls(keys), TLSSocket],
])('sends small messages at once and notices a dead peer, TLS %s', async (_, tls, kind) => {
  const noDelay = jest.spyOn(Socket.prototype, 'setNoDelay');
  const keepAlive = jest.spyOn(Socket.prototype, 'setKeepAlive');
  const address = { host: '127.0.0.1', port: 1 }; // nobody listens there
  const opening = Connection.open({ address, tls, keys, settings: TRANSPORT_SETTINGS });
  await expect(opening).rejects.toThrow('ECONNREFUSED');
  for (const spy of [noDelay, keepAlive]) {
    expect(spy.mock.contexts).toEqual([expect.any(kind)]);
    expect(spy.mock.calls[0]![0]).toBe(true);
    spy.mockRestore();
  }
});
