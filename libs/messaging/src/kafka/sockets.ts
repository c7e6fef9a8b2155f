import { connect, isIP, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import type { ISocketFactory, ISocketFactoryArgs } from 'kafkajs';

const KEEP_ALIVE_MS = 60_000;

/**
 * The connections of one Kafka client, which can be cut for good. A client that retries forever cannot be
 * stopped: after `cut` its sockets are destroyed and every new one fails with the one kind of error that it
 * does not retry.
 */
export class Sockets {
  private readonly open = new Set<Socket>();
  private gone = false;

  readonly factory: ISocketFactory = (args: ISocketFactoryArgs) => {
    if (this.gone) return deadSocket(args.onConnect);
    const socket = opened(args);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.setNoDelay(true);
    this.open.add(socket);
    socket.once('close', () => this.open.delete(socket));
    return socket;
  };

  cut(): void {
    this.gone = true;
    for (const socket of this.open) socket.destroy(new Error('cut off'));
  }
}

function opened({ host, port, ssl, onConnect }: ISocketFactoryArgs): Socket {
  if (!ssl) return connect({ host, port }, onConnect);
  // The certificate is selected by host name; an IP address must not be sent as one.
  return connectSecurely({ host, port, ...(isIP(host) ? {} : { servername: host }), ...ssl }, onConnect);
}

/**
 * Connects, and throws a TypeError at the first request: kafkajs retries everything except what looks like a
 * defect. It closes like a real socket, because a connection that kafkajs considers open keeps its request
 * timer, and with it the process.
 */
function deadSocket(onConnect: () => void): Socket {
  let onEnd = () => {};
  let ended = false;
  const socket = {
    on: (event: string, listener: () => void) => {
      if (event === 'end') onEnd = listener;
      return socket;
    },
    end: () => {
      ended = true;
      return socket;
    },
    unref: () => socket,
    write: () => {
      setImmediate(() => onEnd());
      throw new TypeError('this Kafka client has been cut off');
    },
  };
  setImmediate(() => ended || onConnect());
  return socket as unknown as Socket;
}
